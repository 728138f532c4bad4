#ifndef TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_LEDGER_START_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_LEDGER_START_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "common/base/clock.h"
#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/livestore/ledger.h"
#include "common/livestore/settings.h"
#include "common/otp/otp_parameters.h"
#include "helperd/twofactord/livestore/records_writer.h"

// How a starting daemon gets its ledger: the existing one, or a new one. `devices` are all devices
// of the vault. Not thread-safe.
namespace twofactor {

// The epoch rule: when a new epoch begins, and the first step of an interval that cannot have been
// used before, if the clock is right. PublishedDevice::first_step covers what was used while the
// clock was wrong.
class BirthRule {
 public:
  virtual ~BirthRule() = default;
  // Returns the present. Called after the old ledger lost its name.
  virtual WallTime Birth() const = 0;
  virtual TimeStep FirstStep(WallTime birth, std::chrono::seconds interval) const = 0;
};

// Returns the rule's first step for a device whose clock is `skew` steps ahead.
TimeStep FirstUnusedStep(const BirthRule& rule, WallTime birth, std::chrono::seconds interval,
                         int skew);

// The ledger of an earlier start, or none.
struct KeptLedger {
  std::optional<Ledger> ledger;
  // Why an existing ledger cannot be kept, for the log; empty if there was none.
  std::string refused_because = {};
};

// Returns the ledger of an earlier start, with room for `slots`. None unless it is whole, of a
// known version, and belongs to this vault, whose last generation is `last_generation`. Fails with
// kUnavailable if it cannot be made longer; it still exists then.
Result<KeptLedger> KeepLedger(const RunPaths& paths, std::span<const PublishedDevice> devices,
                              std::uint32_t last_generation, std::uint64_t slots);

// Makes a new ledger by the epoch rule, in place of whatever has its name. Fails with kUnavailable
// or kInternal, naming the step.
Result<Ledger> MakeNewLedger(const RunPaths& paths, const LoginSettings& settings,
                             std::span<const PublishedDevice> devices, std::uint64_t slots,
                             const BirthRule& rule);

// Closes the past steps of devices that have a past and whose commit was on disk when the daemon
// was killed, before anybody can read their records: their secret may have been used, here or
// elsewhere, up to now. See LiveStorePublisher::CloseBefore.
void RaisePutBack(Ledger& ledger, std::span<const PublishedDevice> devices, const BirthRule& rule);

// Raises a kept ledger to what the vault has committed since it was last published. Codes of a
// device that has a past may have been used elsewhere up to now.
void CatchUp(Ledger& ledger, std::span<const PublishedDevice> devices, const BirthRule& rule);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_LEDGER_START_H_
