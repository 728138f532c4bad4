#ifndef TWOFACTOR_HELPERD_MESSAGES_ACCOUNTS_MESSAGES_H_
#define TWOFACTOR_HELPERD_MESSAGES_ACCOUNTS_MESSAGES_H_

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "helperd/messages/user_checks.h"

// All that twofactord and twofactor-accounts share: one request a connection, one line of JSON each
// way.
//
//   {"op": "identify", "uid": N, "groups": [name, …]}   who a uid is, and the gids of these groups
//   {"op": "find_user", "name": name}                   one user's passwd entry
//   {"op": "find_users", "names": [name, …]}            those of them that there are
//   {"op": "check_users", "users": [{"name": name, "uid": N}, …]}   is each still who it was?
//   {"op": "describe_user", "name": name}               all that the system knows of a user
//   {"op": "list_users"}                                every passwd entry
//   {"op": "list_groups", "names": [name, …], "gids": [N, …]}   groups; all, where both are empty
//   {"op": "list_shells"}                               /etc/shells
//
// The answer is {"ok": …} or {"error": {"errno": N, "message": text}}. Each side parses the other's
// as input: what is not exactly so, is longer than these bounds, or has a key more or less, is
// refused.
namespace twofactor {

inline constexpr std::size_t kMaxAccountsRequestBytes = 64UL * 1024;
inline constexpr std::size_t kMaxAccountsAnswerBytes = 4UL * 1024 * 1024;

// One user as passwd(5) has it.
struct PasswdEntry {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string gecos;
  std::string dir;
  std::string shell;

  friend bool operator==(const PasswdEntry&, const PasswdEntry&) = default;
};

// Who a uid is.
struct Identity {
  std::optional<PasswdEntry> entry;      // None: a uid without a name.
  std::vector<gid_t> groups;             // As NSS gives them, the primary one with them.
  std::map<std::string, gid_t> gids_of;  // Of the groups that were asked for, those that exist.
  bool local = true;                     // Is the user in /etc/passwd?

  friend bool operator==(const Identity&, const Identity&) = default;
};

enum class AccountsOp {
  kIdentify,
  kFindUser,
  kFindUsers,
  kCheckUsers,
  kDescribeUser,
  kListUsers,
  kListShells,
  kListGroups
};

struct AccountsRequest {
  AccountsOp op;
  uid_t uid = 0;                        // kIdentify
  std::vector<std::string> groups;      // kIdentify
  std::string name;                     // kFindUser, kDescribeUser
  std::vector<std::string> names = {};  // kFindUsers, kListGroups
  std::vector<UserToCheck> users = {};  // kCheckUsers
  std::vector<gid_t> gids = {};         // kListGroups
};

// Both directions of each message, without line ends. Parsing fails with kCorrupt, or for an answer
// with the error that it carries: kNoSuchUser for ENOENT, kTimedOut for ETIMEDOUT, kUnavailable
// otherwise.
std::string ToText(const AccountsRequest& request);
Result<AccountsRequest> ParseAccountsRequest(std::string_view text);

std::string AnswerText(const nlohmann::json& ok);
std::string AnswerText(const Error& error);
// What stands under "ok".
Result<nlohmann::json> ParseAccountsAnswer(std::string_view text);

nlohmann::json ToJson(const PasswdEntry& entry);
nlohmann::json ToJson(const Identity& identity);
nlohmann::json ToJson(const std::vector<PasswdEntry>& entries);
Result<PasswdEntry> ParsePasswdEntry(const nlohmann::json& json);
Result<Identity> ParseIdentity(const nlohmann::json& json);
Result<std::vector<PasswdEntry>> ParsePasswdEntries(const nlohmann::json& json);
// The answer to kCheckUsers: what came of the first of them, in order; the others are to be asked
// for again.
Result<std::vector<UserCheck>> ParseUserChecks(const nlohmann::json& json);
// Checks the answer to kDescribeUser: an object of the DescribedFields, and no others. Hashes are
// in clear: unixhash, smbhash and password_history are for the receiver to redact.
Result<nlohmann::json> CheckDescription(nlohmann::json json);
// Checks the answer to kListGroups: a list of objects of the GroupFields.
Result<nlohmann::json> CheckGroups(nlohmann::json json);
// Checks the answer to kListShells: an object of strings.
Result<nlohmann::json> CheckShells(nlohmann::json json);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_ACCOUNTS_MESSAGES_H_
