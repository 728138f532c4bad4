#include "common/livestore/tries.h"

namespace twofactor {

std::chrono::seconds ChargeTry(Ledger& ledger, std::uint64_t slot, const ThrottlePolicy& policy,
                               BootTime now) {
  for (;;) {
    const layout::FailuresWord seen = ledger.ReadFailures(slot);
    const ThrottleDecision decision = DecideTry(seen, policy, now);
    if (decision.wait.count() > 0 || ledger.SwapFailures(slot, seen, decision.charged)) {
      return decision.wait;
    }
  }
}

void RefundTry(Ledger& ledger, std::uint64_t slot) {
  const layout::FailuresWord seen = ledger.ReadFailures(slot);
  if (seen.count > 0) {
    ledger.SwapFailures(slot, seen, {static_cast<std::uint16_t>(seen.count - 1), seen.last_try});
  }
}

}  // namespace twofactor
