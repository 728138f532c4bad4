#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_RANDOM_SECRETS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_RANDOM_SECRETS_H_

#include "common/base/result.h"
#include "common/base/secret_bytes.h"

// New secrets, from OpenSSL's CSPRNG. Both fail with kInternal. Thread-safe.
namespace twofactor {

// kNewSecretBytes for a device.
Result<SecretBytes> MakeSecret();
// A recovery code as ParseRecoveryCode gives it, with 60 bits of chance.
Result<SecretBytes> MakeRecoveryCode();

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_RANDOM_SECRETS_H_
