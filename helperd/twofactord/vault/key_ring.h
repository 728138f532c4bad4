#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_KEY_RING_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_KEY_RING_H_

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "helperd/twofactord/vault/key.h"
#include "helperd/twofactord/vault/sealing.h"

namespace twofactor {

// The keys of a vault: the one that seals, and, while a rekey is under way (docs/keys.md), the
// former one, which opens what has not been moved yet.
struct KeyRing {
  VaultKey current;
  std::optional<VaultKey> former = std::nullopt;

  KeyRing Clone() const {
    return {current.Clone(), former ? std::optional(former->Clone()) : std::nullopt};
  }
  bool Holds(const VaultKey& key) const {
    return current.Equals(key) || (former && former->Equals(key));
  }
};

// Seals with the current key. As sealing.h's.
Result<SealedSecret> Seal(const KeyRing& keys, const SealIdentity& identity,
                          const SecretBytes& secret);

// Opens with whichever key opens it. As sealing.h's.
Result<SecretBytes> Unseal(const KeyRing& keys, const SealIdentity& identity,
                           std::span<const std::uint8_t> sealed);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_KEY_RING_H_
