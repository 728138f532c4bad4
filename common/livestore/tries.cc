#include "common/livestore/tries.h"

namespace twofactor {
namespace {

enum class Counts { kYes, kNo };

// One function for both, so that they take the same time.
std::chrono::seconds Charge(Ledger& ledger, std::uint64_t slot, const ThrottlePolicy& policy,
                            BootTime now, Budget budget, Counts counts) {
  for (;;) {
    const layout::FailuresWord seen = ledger.ReadFailures(slot, budget);
    const ThrottleDecision decision = DecideTry(seen, policy, now);
    const bool stays = decision.wait.count() > 0 || counts == Counts::kNo;
    // Written in either case: the first write to the page takes a microsecond, which would be
    // observable.
    if (ledger.SwapFailures(slot, seen, stays ? seen : decision.charged, budget) || stays) {
      return decision.wait;
    }
  }
}

}  // namespace

std::chrono::seconds ChargeTry(Ledger& ledger, std::uint64_t slot, const ThrottlePolicy& policy,
                               BootTime now, Budget budget) {
  return Charge(ledger, slot, policy, now, budget, Counts::kYes);
}

std::uint64_t StandInSlot(const Ledger& ledger, const Username& name) {
  // A hash is odd, and every slot should serve as a decoy.
  return (layout::IndexHash(name.text()) >> 1U) % ledger.slots();
}

void TouchTry(Ledger& ledger, std::uint64_t slot, const ThrottlePolicy& policy, BootTime now) {
  static_cast<void>(Charge(ledger, slot, policy, now, Budget::kStrangers, Counts::kNo));
}

void RefundTry(Ledger& ledger, std::uint64_t slot, Budget budget) {
  const layout::FailuresWord seen = ledger.ReadFailures(slot, budget);
  if (seen.count > 0) {
    ledger.SwapFailures(slot, seen, {static_cast<std::uint16_t>(seen.count - 1), seen.last_try},
                        budget);
  }
}

}  // namespace twofactor
