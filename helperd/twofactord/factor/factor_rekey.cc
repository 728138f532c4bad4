#include <memory>
#include <utility>

#include "helperd/twofactord/factor/factor_store.h"

// The change of the vault's key. The live store holds no seal, so it never learns of one.
namespace twofactor {
namespace {

// What a renewal may have to wait for is a few milliseconds.
constexpr int kSealsAtATime = 500;

}  // namespace

void FactorStore::StartRekey(const RootPermit&, VaultKey in_place, Done<StartedRekey> done) {
  auto shared = std::make_shared<VaultKey>(std::move(in_place));
  writer_.RunAlone<StartedRekey>([shared](Vault& vault) { return vault.StartRekey(*shared); },
                                 [this, done = std::move(done)](Result<StartedRekey> started) {
                                   if (started) {
                                     rekey_under_way_ = true;
                                     rekeyed_ = {};
                                   }
                                   done(std::move(started));
                                 });
}

void FactorStore::MoveSeals(const RootPermit&, Done<MovedSeals> done) {
  writer_.Submit<MovedSeals>(
      [after = rekeyed_](Vault& vault) { return vault.MoveSeals(after, kSealsAtATime); },
      [this, done = std::move(done)](const Result<MovedSeals>& moved) {
        // Not before they are on disk.
        if (moved) {
          rekeyed_ = moved->next.value_or(DevicePosition{});
        }
        done(moved);
      });
}

void FactorStore::FinishRekey(const RootPermit&, VaultKey in_place, Done<void> done) {
  auto shared = std::make_shared<VaultKey>(std::move(in_place));
  writer_.RunAlone<bool>(
      [shared](Vault& vault) -> Result<bool> {
        const auto finished = vault.FinishRekey(*shared);
        return finished ? Result<bool>(vault.rekey_under_way()) : Fail(finished.error());
      },
      [this, done = std::move(done)](const Result<bool>& under_way) {
        if (under_way) {
          rekey_under_way_ = *under_way;
        }
        done(under_way ? Result<void>() : Fail(under_way.error()));
      });
}

}  // namespace twofactor
