#ifndef TWOFACTOR_PAM_MODULE_ENROLLMENT_H_
#define TWOFACTOR_PAM_MODULE_ENROLLMENT_H_

#include <string>

#include "pam_module/host.h"
#include "pam_module/login_daemon.h"
#include "pam_module/login_outcome.h"
#include "pam_module/options.h"

namespace twofactor {

// How an enrollment ended, and what the log says about it.
struct EnrollmentEnd {
  LoginOutcome outcome;
  Host::LogLevel level;
  std::string message;
};

// Offers a first secret to the account, which definitely has no second factor, and activates it
// after a code of it was typed. Anything else changes nothing. Asks three times at most. An empty
// answer declines; the option decides what follows. A host that wants silence is shown and asked
// nothing, as if the user had declined.
EnrollmentEnd EnrollAtLogin(Host& host, const ModuleOptions& options, const Account& account,
                            const std::string& service, LoginDaemon& daemon);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_ENROLLMENT_H_
