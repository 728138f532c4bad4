#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_SEALING_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_SEALING_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "helperd/twofactord/vault/key.h"

namespace twofactor {

// A secret that only the holder of the key can read: a version byte, a nonce of 96 random bits, the
// ciphertext and a tag of 128 bits (AES-256-GCM, NIST SP 800-38D; with random nonces a key is good
// for 2^32 sealings).
struct SealedSecret {
  std::vector<std::uint8_t> bytes;
};

// What a sealed secret belongs to. It is authenticated with it, so that a row, or a part of a row,
// that is copied to another place does not open.
class SealIdentity {
 public:
  explicit SealIdentity(std::string_view purpose);
  SealIdentity& Add(std::string_view text);
  SealIdentity& Add(std::uint64_t number);

  std::string_view bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Fails with kInternal. Thread-safe.
Result<SealedSecret> Seal(const VaultKey& key, const SealIdentity& identity,
                          const SecretBytes& secret);

// Fails with kCorrupt where the bytes were not sealed with this key for this identity, with
// kUnknownVersion where the format is another. Thread-safe.
Result<SecretBytes> Unseal(const VaultKey& key, const SealIdentity& identity,
                           std::span<const std::uint8_t> sealed);

// The same two with a key of VaultKey::kBytes that is not the vault's.
Result<SealedSecret> SealWith(const SecretBytes& key, const SealIdentity& identity,
                              const SecretBytes& secret);
Result<SecretBytes> UnsealWith(const SecretBytes& key, const SealIdentity& identity,
                               std::span<const std::uint8_t> sealed);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_SEALING_H_
