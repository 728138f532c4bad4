#ifndef TWOFACTOR_COMMON_OTP_SAME_CODES_H_
#define TWOFACTOR_COMMON_OTP_SAME_CODES_H_

#include "common/base/secret_bytes.h"

namespace twofactor {

// Returns a secret as HMAC uses it: padded with zero bytes to kMaxSecretBytes, which fits the block
// of each hash. `secret` has at most kMaxSecretBytes bytes. Thread-safe.
SecretBytes HmacKeyOf(const SecretBytes& secret);

// Returns whether both secrets make the same codes: whether they are equal except for zero bytes at
// the end. Takes time that depends on the sizes alone. Thread-safe.
bool MakeSameCodes(const SecretBytes& a, const SecretBytes& b);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_SAME_CODES_H_
