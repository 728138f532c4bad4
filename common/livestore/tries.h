#ifndef TWOFACTOR_COMMON_LIVESTORE_TRIES_H_
#define TWOFACTOR_COMMON_LIVESTORE_TRIES_H_

#include <chrono>
#include <cstdint>

#include "common/base/clock.h"
#include "common/base/username.h"
#include "common/livestore/ledger.h"
#include "common/livestore/throttle.h"

// The counts of a device's wrong codes, which the module and the daemon share: its words of
// failures, one for each budget. Thread-safe, and safe between processes.
namespace twofactor {

// Counts this attempt before its code is checked, so that parallel guesses gain nothing. Returns
// zero if it may proceed; else how long until one may, and then counts nothing.
std::chrono::seconds ChargeTry(Ledger& ledger, std::uint64_t slot, const ThrottlePolicy& policy,
                               BootTime now, Budget budget);

// Returns the decoy slot for a user without a device, to equalize timing: that of another device,
// chosen by the name. TouchTry does the work of a charge on its word, which does not change
// (docs/live-store.md says why this does no harm).
std::uint64_t StandInSlot(const Ledger& ledger, const Username& name);
void TouchTry(Ledger& ledger, std::uint64_t slot, const ThrottlePolicy& policy, BootTime now);

// Refunds one charge, for an attempt that was not a guess at this device: a right code that was
// used before, or a code of another device. If a concurrent change intervenes, it stays charged.
void RefundTry(Ledger& ledger, std::uint64_t slot, Budget budget);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_TRIES_H_
