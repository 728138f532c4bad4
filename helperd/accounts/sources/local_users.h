#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOCAL_USERS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOCAL_USERS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twofactor {

// Does the text of /etc/passwd hold a user of this name? Pure.
bool IsInPasswdFile(std::string_view text, std::string_view name);

// The uid that the text of /etc/passwd gives this name; none if it does not hold it. Pure.
std::optional<uid_t> LocalUid(std::string_view text, std::string_view name);

// The users of the text of /etc/passwd, lines that are not ones left out. Pure.
struct LocalUser {
  std::string name;
  uid_t uid;
  gid_t gid;
};
std::vector<LocalUser> LocalUsers(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOCAL_USERS_H_
