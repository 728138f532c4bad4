#include "common/livestore/tries.h"

namespace twofactor {
namespace {

std::uint64_t StandInSlot(const Ledger& ledger, const Username& name) {
  return layout::IndexHash(name.text()) % ledger.slots();
}

}  // namespace

std::chrono::seconds ChargeTry(Ledger& ledger, std::uint64_t slot, const ThrottlePolicy& policy,
                               BootTime now) {
  for (;;) {
    const layout::FailuresWord seen = ledger.ReadFailures(slot);
    const ThrottleDecision decision = DecideTry(seen, policy, now);
    const bool waits = decision.wait.count() > 0;
    // Written either way: the first write to the page takes a microsecond, which would tell.
    if (ledger.SwapFailures(slot, seen, waits ? seen : decision.charged) || waits) {
      return decision.wait;
    }
  }
}

Result<void> ReachStandIn(Ledger& ledger, const Username& name) {
  return ledger.slots() > 0 ? ledger.Reach(StandInSlot(ledger, name)) : Result<void>();
}

void TouchStandIn(Ledger& ledger, const Username& name) {
  if (ledger.slots() > 0) {
    const std::uint64_t slot = StandInSlot(ledger, name);
    const layout::FailuresWord seen = ledger.ReadFailures(slot);
    static_cast<void>(ledger.SwapFailures(slot, seen, seen));
  }
}

void RefundTry(Ledger& ledger, std::uint64_t slot) {
  const layout::FailuresWord seen = ledger.ReadFailures(slot);
  if (seen.count > 0) {
    ledger.SwapFailures(slot, seen, {static_cast<std::uint16_t>(seen.count - 1), seen.last_try});
  }
}

}  // namespace twofactor
