#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_RECOVERY_KEY_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_RECOVERY_KEY_H_

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "helperd/twofactord/vault/sealing.h"

// The keys that recovery codes are hashed with. A vault makes one of its own, and keeps those that
// came with backups beside it.
namespace twofactor {

inline constexpr std::size_t kRecoveryKeyBytes = 32;
// The name of the vault's own; those of others begin with it, a blank, and their id.
inline constexpr std::string_view kOwnRecoveryKey = "recovery codes";
// Beside them, what the vault hashes the secrets with that it gave up.
inline constexpr std::string_view kPastSecretsKey = "past secrets";

SealIdentity RecoveryKeyIdentity(std::string_view name);

// A name for the key that is the same on every machine and tells nothing of it: 32 hexadecimal
// digits. Fails with kInternal. Thread-safe.
Result<std::string> RecoveryKeyId(const SecretBytes& key);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_RECOVERY_KEY_H_
