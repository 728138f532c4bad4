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

// How a daemon that starts comes by its ledger: the one that is there, or a new one. `devices` are
// all that the vault has. Not synchronised.
namespace twofactor {

// What an epoch that begins must know of the time before it: when it begins, and the first step of
// an interval that cannot have been used before, if the clock is right. What was used while it was
// wrong is each device's own matter (PublishedDevice::first_step).
class BirthRule {
 public:
  virtual ~BirthRule() = default;
  // The present. Called after the old ledger lost its name.
  virtual WallTime Birth() const = 0;
  virtual TimeStep FirstStep(WallTime birth, std::chrono::seconds interval) const = 0;
};

// The rule's first step for a device whose clock is `skew` steps ahead.
TimeStep FirstUnusedStep(const BirthRule& rule, WallTime birth, std::chrono::seconds interval,
                         int skew);

// The ledger of an earlier start, or none.
struct KeptLedger {
  std::optional<Ledger> ledger;
  // Why a ledger that was there cannot be kept, for the log; empty where there was none.
  std::string refused_because = {};
};

// The ledger of an earlier start, with room for `slots`; none where there is none that is whole, of
// a version that is known, and of this vault, whose last generation is `last_generation`. Fails
// with kUnavailable where it cannot be made longer; it is still there then.
Result<KeptLedger> KeepLedger(const RunPaths& paths, std::span<const PublishedDevice> devices,
                              std::uint32_t last_generation, std::uint64_t slots);

// A new ledger with the birth rule, in place of whatever has its name. Fails with kUnavailable or
// kInternal, naming the step.
Result<Ledger> MakeNewLedger(const RunPaths& paths, const LoginSettings& settings,
                             std::span<const PublishedDevice> devices, std::uint64_t slots,
                             const BirthRule& rule);

// Closes the steps of devices that have a past and whose commit was on disk when the daemon was
// killed, before anybody can read their records: their secret may be one that was used, here or
// elsewhere, up to now. See LiveStorePublisher::CloseBefore.
void RaisePutBack(Ledger& ledger, std::span<const PublishedDevice> devices, const BirthRule& rule);

// Raises a kept ledger to what the vault has committed since it was last published. Of a device
// that has a past, codes may have been used elsewhere up to now.
void CatchUp(Ledger& ledger, std::span<const PublishedDevice> devices, const BirthRule& rule);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_LEDGER_START_H_
