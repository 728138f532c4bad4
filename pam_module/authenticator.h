#ifndef TWOFACTOR_PAM_MODULE_AUTHENTICATOR_H_
#define TWOFACTOR_PAM_MODULE_AUTHENTICATOR_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "pam_module/factor_source.h"
#include "pam_module/host.h"
#include "pam_module/options.h"

namespace twofactor {

// How a login's second factor ended; each is one return code of PAM (design.md has the table,
// PamCodeOf the codes).
enum class LoginOutcome {
  kSuccess,
  kIgnore,              // No second factor is asked for: PAM_IGNORE.
  kAuthError,           // PAM_AUTH_ERR
  kUserUnknown,         // By option: PAM_USER_UNKNOWN
  kMaxTries,            // By option: PAM_MAXTRIES
  kUnavailable,         // Neither the store nor the daemon answered: PAM_AUTHINFO_UNAVAIL
  kConversationFailed,  // PAM_CONV_ERR
  kBadOption,           // PAM_SERVICE_ERR
};

using OpenSource =
    std::function<Result<std::unique_ptr<FactorSource>>(const ModuleOptions& options)>;

// The whole of pam_sm_authenticate but libpam: asks for a code and verifies it. It fails closed,
// logs one line for its decision, and takes the same prompts and time for a user who does not exist
// or has no factor. Thread-safe between hosts.
LoginOutcome Authenticate(Host& host, const std::vector<std::string>& arguments,
                          const OpenSource& open_source);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_AUTHENTICATOR_H_
