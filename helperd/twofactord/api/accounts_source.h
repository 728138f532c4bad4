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

// For whose call the system is asked: the uid of the connection, as the kernel has it. Whoever
// makes the system slow waits alone.
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
  // Those of the users that there are; a few hundred names at most.
  virtual void FindUsers(Asker asker, const std::vector<std::string>& names,
                         Done<std::vector<PasswdEntry>> done) = 0;
  // Whether each of these names is still the user that it was; what came of the first of them, at
  // least one. Together with their names they fit a request.
  virtual void CheckUsers(Asker asker, const std::vector<UserToCheck>& users,
                          Done<std::vector<UserCheck>> done) = 0;
  // The fields of the user's entry that the system knows, in the reference's names, hashes and all.
  virtual void DescribeUser(Asker asker, const std::string& name, Done<nlohmann::json> done) = 0;
  virtual void ListUsers(Asker asker, Done<std::vector<PasswdEntry>> done) = 0;
  // The entries of those of these groups that there are, as GroupEntryFields has them; of all,
  // where none is named.
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
