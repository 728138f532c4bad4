#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_USE_SOURCE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_USE_SOURCE_H_

#include <cstdint>
#include <memory>

#include "common/base/clock.h"
#include "common/base/paths.h"
#include "common/otp/otp_parameters.h"

namespace twofactor {

// What the vault does not know itself of the secrets that it gives up: the steps that logins have
// consumed, and the time. Called on the thread of the vault.
class UseSource {
 public:
  virtual ~UseSource() = default;
  virtual WallTime Now() const = 0;
  // The first step that was not consumed of the device of that generation; 0 where none was, or
  // where it cannot be told.
  virtual TimeStep NextStep(std::uint64_t slot, std::uint32_t generation) const = 0;
};

// From the ledger in `run`, which is opened afresh each time. The clock must outlive it.
std::unique_ptr<UseSource> UsesOfLedger(const RunPaths& run, const Clock& clock);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_USE_SOURCE_H_
