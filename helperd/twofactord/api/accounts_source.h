#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_ACCOUNTS_SOURCE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_ACCOUNTS_SOURCE_H_

#include <sys/types.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace twofactor {

// One user as passwd(5) has it.
struct PasswdEntry {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string gecos;
  std::string dir;
  std::string shell;
};

// Who a uid is.
struct Identity {
  std::optional<PasswdEntry> entry;      // None: a uid without a name.
  std::vector<gid_t> groups;             // As NSS gives them.
  std::map<std::string, gid_t> gids_of;  // Of the groups that were asked for, those that exist.
};

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
  // The fields of the user's entry that the system knows, in the reference's names, hashes and all.
  virtual void DescribeUser(const std::string& name, Done<nlohmann::json> done) = 0;
  virtual void ListUsers(Done<std::vector<PasswdEntry>> done) = 0;
  // /etc/shells as {"/usr/bin/bash": "bash", …}.
  virtual void ListShells(Done<nlohmann::json> done) = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_ACCOUNTS_SOURCE_H_
