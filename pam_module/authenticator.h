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
#include "pam_module/login_daemon.h"
#include "pam_module/login_outcome.h"
#include "pam_module/options.h"

namespace twofactor {

using OpenSource =
    std::function<Result<std::unique_ptr<FactorSource>>(const ModuleOptions& options)>;
using OpenDaemon = std::function<std::unique_ptr<LoginDaemon>(const ModuleOptions& options)>;

// Returns a decoy account, which is in no store, for the prompts and the timing of an unknown user.
Account NobodysAccount();

// Does everything in pam_sm_authenticate except libpam: asks for a code and verifies it. Fails
// closed, logs one entry for its decision, and uses the same prompts and time for a user who does
// not exist or has no second factor. Thread-safe for different hosts.
LoginOutcome Authenticate(Host& host, const std::vector<std::string>& arguments,
                          const OpenSource& open_source, const OpenDaemon& open_daemon);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_AUTHENTICATOR_H_
