#ifndef TWOFACTOR_PAM_MODULE_FACTOR_SOURCE_H_
#define TWOFACTOR_PAM_MODULE_FACTOR_SOURCE_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/livestore/verifier.h"

namespace twofactor {

// The source of a login's answers. Every error means that there is no answer, and so no login.
class FactorSource {
 public:
  struct State {
    FactorState state;
    std::vector<int> digits;  // Of the account's codes; the default if it has no second factor.
    std::optional<WallTime> off_until = std::nullopt;  // kDisabled by a bypass: its end.
  };

  virtual ~FactorSource() = default;
  virtual Result<State> ReadState(const Account& account, const std::string& service) = 0;
  virtual Result<Verification> Verify(const Account& account, const std::string& service,
                                      const TypedCode& typed, const HowToVerify& how) = 0;
};

// Opens the live store if this process may read it (applications that run as root, which need no
// daemon). Opens the daemon if the store does not exist, may not be read by this process, or has
// another version. Any other problem with the store, in particular a lack of descriptors, is not a
// reason to ask the daemon. Fails if neither answers.
Result<std::unique_ptr<FactorSource>> OpenFactorSource(const RunPaths& paths, const Clock& clock,
                                                       std::chrono::milliseconds timeout);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_FACTOR_SOURCE_H_
