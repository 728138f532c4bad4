#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_OPASSWD_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_OPASSWD_H_

#include <nlohmann/json.hpp>
#include <string_view>

namespace twofactor {

// Returns `password_history` from the text of /etc/security/opasswd, which pam_pwhistory(8) and
// pam_unix(8) write: [{"hash": …}, …], the last ten, oldest first; null if the user has none. A
// pure function.
nlohmann::json PasswordHistoryOf(std::string_view opasswd_text, std::string_view name);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_OPASSWD_H_
