#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_ACCOUNTS_SOURCE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_ACCOUNTS_SOURCE_H_

#include <sys/types.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/messages/accounts_messages.h"

namespace twofactor {

// The uid of the connection whose call asks the system, from the kernel. If a directory answers
// slowly, only this uid's calls wait.
struct Asker {
  uid_t uid;
};

// What the methods ask of the system's accounts; twofactor-accounts answers, in another process.
// Each callback runs exactly once, on the event loop, and within the deadline of a request. They
// fail with kNoSuchUser, kTimedOut, kUnavailable or kInternal.
class AccountsSource {
 public:
  template <typename T>
  using Done = std::function<void(Result<T>)>;

  virtual ~AccountsSource() = default;
  virtual void Identify(Asker asker, uid_t uid, const std::vector<std::string>& groups,
                        Done<Identity> done) = 0;
  virtual void FindUser(Asker asker, const std::string& name, Done<PasswdEntry> done) = 0;
  // Finds those of the users that exist; a few hundred names at most.
  virtual void FindUsers(Asker asker, const std::vector<std::string>& names,
                         Done<std::vector<PasswdEntry>> done) = 0;
  // Checks whether each name still belongs to its uid. Answers for the first users, at least one;
  // all of them must fit one request.
  virtual void CheckUsers(Asker asker, const std::vector<UserToCheck>& users,
                          Done<std::vector<UserCheck>> done) = 0;
  // The fields of the user's entry that the system knows, in the reference's names, hashes and all.
  virtual void DescribeUser(Asker asker, const std::string& name, Done<nlohmann::json> done) = 0;
  virtual void ListUsers(Asker asker, Done<std::vector<PasswdEntry>> done) = 0;
  // The groups that a call is about; all groups if it names none.
  struct GroupLook {
    std::vector<std::string> names = {};
    std::vector<gid_t> gids = {};
  };
  virtual void ListGroups(Asker asker, const GroupLook& look, Done<nlohmann::json> done) = 0;
  // /etc/shells as {"/usr/bin/bash": "bash", …}.
  virtual void ListShells(Asker asker, Done<nlohmann::json> done) = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_ACCOUNTS_SOURCE_H_
