#ifndef TWOFACTOR_PAM_MODULE_LOGIN_PLACE_H_
#define TWOFACTOR_PAM_MODULE_LOGIN_PLACE_H_

#include <sys/types.h>

#include <string>

namespace twofactor {

// Where a login comes from, for the option grace_period: the other host where there is one, else
// the terminal of this machine. Empty where neither says anything, as "ssh" or "cron" in place of a
// terminal, which all logins of a service share. A pure function.
std::string PlaceOf(const std::string& remote_host, const std::string& terminal);

// What a program says of where a login comes from, and what the kernel knows of its caller.
struct LoginClaims {
  std::string remote_host;
  std::string terminal;
  std::string remote_user;
  uid_t caller_uid;
};

// The origin of a login of this user, for the count of failed attempts (origin.h). Another host: an
// IPv4 address, the network of 64 bits of an IPv6 address, or a name. Else kOwnUidOrigin where the
// caller has the user's own uid, but for uid 0, which many programs have. Else a console that a
// program of root's shows. Empty for all others: "su alice" of another user has no origin of
// alice's, whatever terminal it runs on. A pure function.
std::string OriginOf(const LoginClaims& claims, const std::string& username, uid_t uid);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_LOGIN_PLACE_H_
