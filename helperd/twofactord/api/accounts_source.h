#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_ACCOUNTS_SOURCE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_ACCOUNTS_SOURCE_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/messages/accounts_messages.h"

namespace twofactor {

// What the methods ask of the system's accounts; twofactor-accounts answers, in another process.
// Each callback runs exactly once, on the event loop, and within the deadline of a request. They
// fail with kNoSuchUser, kTimedOut, kUnavailable or kInternal.
class AccountsSource {
 public:
  template <typename T>
  using Done = std::function<void(Result<T>)>;

  virtual ~AccountsSource() = default;
  virtual void Identify(uid_t uid, const std::vector<std::string>& groups, Done<Identity> done) = 0;
  virtual void FindUser(const std::string& name, Done<PasswdEntry> done) = 0;
  // Those of the users that there are; a few hundred names at most.
  virtual void FindUsers(const std::vector<std::string>& names,
                         Done<std::vector<PasswdEntry>> done) = 0;
  // Whether each of these names is still the user that it was; what came of the first of them, at
  // least one. Together with their names they fit a request.
  virtual void CheckUsers(const std::vector<UserToCheck>& users,
                          Done<std::vector<UserCheck>> done) = 0;
  // The fields of the user's entry that the system knows, in the reference's names, hashes and all.
  virtual void DescribeUser(const std::string& name, Done<nlohmann::json> done) = 0;
  virtual void ListUsers(Done<std::vector<PasswdEntry>> done) = 0;
  // /etc/shells as {"/usr/bin/bash": "bash", …}.
  virtual void ListShells(Done<nlohmann::json> done) = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_ACCOUNTS_SOURCE_H_
