#include "helperd/twofactord/vault/use_source.h"

#include <unistd.h>

#include "common/livestore/ledger.h"

namespace twofactor {
namespace {

class LedgerUses final : public UseSource {
 public:
  LedgerUses(RunPaths run, const Clock& clock) : run_(std::move(run)), clock_(clock) {}

  WallTime Now() const override { return clock_.Wall(); }

  TimeStep NextStep(std::uint64_t slot, std::uint32_t generation) const override {
    auto ledger = Ledger::Open(run_.Ledger(), geteuid(), LedgerExtent::kReached);
    if (!ledger || slot >= ledger->slots() || !ledger->Reach(slot)) {
      return 0;
    }
    const layout::UseWord use = ledger->ReadUse(slot);
    return use.generation == generation && !use.from_birth ? use.next_step : 0;
  }

 private:
  RunPaths run_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<UseSource> UsesOfLedger(const RunPaths& run, const Clock& clock) {
  return std::make_unique<LedgerUses>(run, clock);
}

}  // namespace twofactor
