#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOCAL_USERS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOCAL_USERS_H_

#include <string_view>

namespace twofactor {

// Does the text of /etc/passwd hold a user of this name? Pure.
bool IsInPasswdFile(std::string_view text, std::string_view name);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOCAL_USERS_H_
