#ifndef TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_LEDGER_MAKER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_LEDGER_MAKER_H_

#include <cstdint>
#include <span>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/livestore/layout.h"
#include "common/livestore/settings.h"

namespace twofactor {

// One slot's words in a new ledger.
struct InitialUse {
  std::uint64_t slot;
  layout::UseWord use;
  layout::FailuresWord failures = {0, 0};  // At unknown origins.
};

// Makes a new ledger at `path` with room for `slots`. It gets that name when it is complete. Fails
// with kUnavailable.
Result<void> MakeLedger(const std::string& path, std::uint64_t store_id, WallTime birth,
                        const LoginSettings& settings, std::uint64_t slots,
                        std::span<const InitialUse> uses, WallTime latest_use = WallTime{});

// Makes the ledger at `path` longer, in place: those who have it open keep their words. Fails with
// kUnavailable.
Result<void> GrowLedger(const std::string& path, std::uint64_t slots);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_LEDGER_MAKER_H_
