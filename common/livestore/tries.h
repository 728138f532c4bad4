#ifndef TWOFACTOR_COMMON_LIVESTORE_TRIES_H_
#define TWOFACTOR_COMMON_LIVESTORE_TRIES_H_

#include <chrono>
#include <cstdint>

#include "common/base/clock.h"
#include "common/base/username.h"
#include "common/livestore/ledger.h"
#include "common/livestore/throttle.h"

// The counts of wrong codes of a device that the module and the daemon share: its words of
// failures, one for each budget. Thread-safe, and safe between processes.
namespace twofactor {

// Counts this try before its code is looked at, so that guesses in parallel gain nothing. Zero
// where it may go on; else how long until one may, and nothing was counted.
std::chrono::seconds ChargeTry(Ledger& ledger, std::uint64_t slot, const ThrottlePolicy& policy,
                               BootTime now, Budget budget);

// A user without a device has no slot, and for the sake of time uses one that stands in: another's,
// chosen by the name, of a ledger that has some. The work of a charge is done to its word, which
// stays as it is (docs/live-store.md says why that harms nobody).
std::uint64_t StandInSlot(const Ledger& ledger, const Username& name);
void TouchTry(Ledger& ledger, std::uint64_t slot, const ThrottlePolicy& policy, BootTime now);

// Takes one charge back, for a try that was no guess at this device: a right code of it that was
// used before, or one of another device. Lost to a concurrent change, it stays charged.
void RefundTry(Ledger& ledger, std::uint64_t slot, Budget budget);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_TRIES_H_
