#ifndef TWOFACTOR_HELPERD_TWOFACTORD_STORES_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_STORES_H_

#include <optional>
#include <vector>

#include "common/base/clock.h"
#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/livestore/settings.h"
#include "helperd/twofactord/config/config.h"
#include "helperd/twofactord/factor/bypasses.h"
#include "helperd/twofactord/factor/factor_store.h"
#include "helperd/twofactord/livestore/publisher.h"
#include "helperd/twofactord/vault/key.h"
#include "helperd/twofactord/vault/vault.h"

namespace twofactor {

// The vault's key from where it is kept. Where there is neither a key nor a vault, this is the
// first start: a key file is made, and a vault may be (first_vault.h). A vault without its key is
// an error, and nothing is overwritten.
Result<VaultKey> TakeKey(const KeySource& source, const StatePaths& state);

// Both halves of the store, opened, the live one published and equal to the vault.
struct OpenedStores {
  Vault vault;
  LiveStorePublisher live;
  LoginSettings settings;
  ResumedBypasses bypasses;
  ClockPast past = {};
  // Devices that were taken out, as another one of their user makes the same codes; or why that
  // could not be done: then they are still there.
  std::vector<MergedSecret> merged = {};
  std::optional<Error> not_merged = std::nullopt;
};

// Where the vault cannot be written, it is opened read-only and published as it is. Fails where
// there is none, unless it may be made, and changes nothing then.
Result<OpenedStores> OpenStores(const RunPaths& run, const StatePaths& state, VaultKey key,
                                const Config& config, const Clock& clock);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_STORES_H_
