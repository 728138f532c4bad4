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

// Where a login's answers come from. Every error means: no answer, so no login.
class FactorSource {
 public:
  struct State {
    FactorState state;
    std::vector<int> digits;  // Of the account's codes; the usual number where it has no factor.
    std::optional<WallTime> off_until = std::nullopt;  // kDisabled by a bypass: until when.
  };

  virtual ~FactorSource() = default;
  virtual Result<State> ReadState(const Account& account, const std::string& service) = 0;
  virtual Result<Verification> Verify(const Account& account, const std::string& service,
                                      const TypedCode& typed, const HowToVerify& how) = 0;
};

// The live store where this process may read it (root hosts, which thus need no daemon); the daemon
// where the store is not there, not for this process to read, or of another version. Whatever else
// is wrong with the store, a want of descriptors above all, is no reason to ask in another way.
// Fails where neither answers.
Result<std::unique_ptr<FactorSource>> OpenFactorSource(const RunPaths& paths, const Clock& clock,
                                                       std::chrono::milliseconds timeout);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_FACTOR_SOURCE_H_
