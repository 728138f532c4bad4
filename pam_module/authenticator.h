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

// An account that no store holds, for the prompts and the time of one that does not exist.
Account NobodysAccount();

// The whole of pam_sm_authenticate but libpam: asks for a code and verifies it. It fails closed,
// logs one line for its decision, and takes the same prompts and time for a user who does not exist
// or has no factor. Thread-safe between hosts.
LoginOutcome Authenticate(Host& host, const std::vector<std::string>& arguments,
                          const OpenSource& open_source, const OpenDaemon& open_daemon);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_AUTHENTICATOR_H_
