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

// The protocol between twofactord and twofactor-accounts: one request per connection, one line of
// JSON each way.
//
//   {"op": "identify", "uid": N, "groups": [name, …]}   the identity of a uid, and the gids of
//   these groups
//   {"op": "find_user", "name": name}                   one user's passwd entry
//   {"op": "find_users", "names": [name, …]}            those of them that exist
//   {"op": "check_users", "users": [{"name": name, "uid": N}, …]}   whether each is still the same
//   {"op": "describe_user", "name": name}               everything that the system knows about a
//   user
//   {"op": "list_users"}                                every passwd entry
//   {"op": "list_groups", "names": [name, …], "gids": [N, …]}   groups; all if both are empty
//   {"op": "list_shells"}                               /etc/shells
//
// The answer is {"ok": …} or {"error": {"errno": N, "message": text}}. Each side treats the other's
// line as untrusted input, and refuses anything that is not exactly in this form, is longer than
// these limits, or has missing or extra keys.
namespace twofactor {

inline constexpr std::size_t kMaxAccountsRequestBytes = 64UL * 1024;
inline constexpr std::size_t kMaxAccountsAnswerBytes = 4UL * 1024 * 1024;

// One user, as in passwd(5).
struct PasswdEntry {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string gecos;
  std::string dir;
  std::string shell;

  friend bool operator==(const PasswdEntry&, const PasswdEntry&) = default;
};

// The identity of a uid.
struct Identity {
  std::optional<PasswdEntry> entry;      // None: the uid has no name.
  std::vector<gid_t> groups;             // From NSS, including the primary one.
  std::map<std::string, gid_t> gids_of;  // Those of the requested groups that exist.
  bool local = true;                     // Whether the user is in /etc/passwd.

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

// Both directions of each message, without line ends. Parsing fails with kCorrupt, or with the
// error in the answer: kNoSuchUser for ENOENT, kTimedOut for ETIMEDOUT, kUnavailable otherwise.
std::string ToText(const AccountsRequest& request);
Result<AccountsRequest> ParseAccountsRequest(std::string_view text);

std::string AnswerText(const nlohmann::json& ok);
std::string AnswerText(const Error& error);
// Parse the value of "ok".
Result<nlohmann::json> ParseAccountsAnswer(std::string_view text);

nlohmann::json ToJson(const PasswdEntry& entry);
nlohmann::json ToJson(const Identity& identity);
nlohmann::json ToJson(const std::vector<PasswdEntry>& entries);
Result<PasswdEntry> ParsePasswdEntry(const nlohmann::json& json);
Result<Identity> ParseIdentity(const nlohmann::json& json);
Result<std::vector<PasswdEntry>> ParsePasswdEntries(const nlohmann::json& json);
// The answer to kCheckUsers: the results for the first users, in order. Ask again for the others.
Result<std::vector<UserCheck>> ParseUserChecks(const nlohmann::json& json);
// Checks the answer to kDescribeUser: an object of the DescribedFields, and no others. Hashes are
// in clear text; the receiver redacts unixhash, smbhash and password_history.
Result<nlohmann::json> CheckDescription(nlohmann::json json);
// Checks the answer to kListGroups: a list of objects of the GroupFields.
Result<nlohmann::json> CheckGroups(nlohmann::json json);
// Checks the answer to kListShells: an object of strings.
Result<nlohmann::json> CheckShells(nlohmann::json json);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_ACCOUNTS_MESSAGES_H_
