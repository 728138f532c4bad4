#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOCAL_USERS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOCAL_USERS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twofactor {

// Returns whether the text of /etc/passwd has a user of this name. A pure function.
bool IsInPasswdFile(std::string_view text, std::string_view name);

// Returns the uid for this name in the text of /etc/passwd, if it has one. A pure function.
std::optional<uid_t> LocalUid(std::string_view text, std::string_view name);

// Returns the users in the text of /etc/passwd, without malformed lines. A pure function.
struct LocalUser {
  std::string name;
  uid_t uid;
  gid_t gid;
};
std::vector<LocalUser> LocalUsers(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOCAL_USERS_H_
