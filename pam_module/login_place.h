#ifndef TWOFACTOR_PAM_MODULE_LOGIN_PLACE_H_
#define TWOFACTOR_PAM_MODULE_LOGIN_PLACE_H_

#include <string>

namespace twofactor {

// Where a login comes from, for the option grace_period: the other host where there is one, else
// the terminal of this machine. Empty where neither says anything, as "ssh" or "cron" in place of a
// terminal, which all logins of a service share. A pure function.
std::string PlaceOf(const std::string& remote_host, const std::string& terminal);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_LOGIN_PLACE_H_
