#include "helperd/twofactord/vault/key_ring.h"

namespace twofactor {

Result<SealedSecret> Seal(const KeyRing& keys, const SealIdentity& identity,
                          const SecretBytes& secret) {
  return Seal(keys.current, identity, secret);
}

Result<SecretBytes> Unseal(const KeyRing& keys, const SealIdentity& identity,
                           std::span<const std::uint8_t> sealed) {
  auto opened = Unseal(keys.current, identity, sealed);
  if (opened || !keys.former || opened.error().code() != ErrorCode::kCorrupt) {
    return opened;
  }
  return Unseal(*keys.former, identity, sealed);
}

}  // namespace twofactor
