#ifndef TWOFACTOR_PAM_MODULE_ENROLLMENT_H_
#define TWOFACTOR_PAM_MODULE_ENROLLMENT_H_

#include <string>

#include "pam_module/host.h"
#include "pam_module/login_daemon.h"
#include "pam_module/login_outcome.h"
#include "pam_module/options.h"

namespace twofactor {

// How an enrolment ended, and what the log says of it.
struct EnrollmentEnd {
  LoginOutcome outcome;
  Host::LogLevel level;
  std::string message;
};

// Offers a first secret to the account, for which there was the positive answer that it has none,
// and puts it into force once a code of it was typed. Whatever else happens changes nothing. Asks
// three times at most; an empty answer declines, and what comes of that is the option's to say. A
// host that wants silence is shown and asked nothing, as if the user had declined.
EnrollmentEnd EnrollAtLogin(Host& host, const ModuleOptions& options, const Account& account,
                            const std::string& service, LoginDaemon& daemon);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_ENROLLMENT_H_
