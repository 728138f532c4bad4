#ifndef TWOFACTOR_PAM_MODULE_LOGIN_PLACE_H_
#define TWOFACTOR_PAM_MODULE_LOGIN_PLACE_H_

#include <sys/types.h>

#include <string>

namespace twofactor {

// Returns the place of a login for the option grace_period: the remote host, or else the terminal
// on this machine. Empty if neither says anything: an application may give "ssh" or "cron" in place
// of a terminal, which all logins of a service share. A pure function.
std::string PlaceOf(const std::string& remote_host, const std::string& terminal);

// What the application says about the origin of a login, and what the kernel knows about its
// caller.
struct LoginClaims {
  std::string remote_host;
  std::string terminal;
  std::string remote_user;
  uid_t caller_uid;
};

// Returns the origin of a login of this user, for the count of failed attempts (origin.h). This is
// another host: an IPv4 address, the first 64 bits of an IPv6 address, or a name. Else
// kOwnUidOrigin, if the caller has the user's own uid, except for uid 0, which many programs have.
// Else a console that an application of root shows. Empty for all others: "su alice" by another
// user has no origin of alice, whatever terminal it runs on. A pure function.
std::string OriginOf(const LoginClaims& claims, const std::string& username, uid_t uid);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_LOGIN_PLACE_H_
