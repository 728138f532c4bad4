#ifndef TWOFACTOR_COMMON_LIVESTORE_TRIES_H_
#define TWOFACTOR_COMMON_LIVESTORE_TRIES_H_

#include <chrono>
#include <cstdint>

#include "common/base/clock.h"
#include "common/livestore/ledger.h"
#include "common/livestore/throttle.h"

// The one count of wrong codes of a device that the module and the daemon share: its word of
// failures. Thread-safe, and safe between processes.
namespace twofactor {

// Counts this try before its code is looked at, so that guesses in parallel gain nothing. Zero
// where it may go on; else how long until one may, and nothing was counted.
std::chrono::seconds ChargeTry(Ledger& ledger, std::uint64_t slot, const ThrottlePolicy& policy,
                               BootTime now);

// Takes one charge back, for a try that was no guess at this device: a right code of it that was
// used before, or one of another device. Lost to a concurrent change, it stays charged.
void RefundTry(Ledger& ledger, std::uint64_t slot);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_TRIES_H_
