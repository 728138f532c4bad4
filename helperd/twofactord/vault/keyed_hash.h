#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_KEYED_HASH_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_KEYED_HASH_H_

#include <cstdint>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "helperd/twofactord/vault/sealing.h"

namespace twofactor {

// HMAC-SHA256 of what `identity` says and then `secret`: tells nothing of the secret to who has
// not the key, and is another one for each identity. Fails with kInternal. Thread-safe.
Result<std::vector<std::uint8_t>> KeyedHash(const SecretBytes& key, const SealIdentity& identity,
                                            const SecretBytes& secret);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_KEYED_HASH_H_
