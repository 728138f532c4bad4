#ifndef TWOFACTOR_COMMON_OTP_SAME_CODES_H_
#define TWOFACTOR_COMMON_OTP_SAME_CODES_H_

#include "common/base/secret_bytes.h"

namespace twofactor {

// A secret as HMAC uses it: filled up with zero bytes to kMaxSecretBytes, which fit the block of
// each of its hashes. `secret` has at most kMaxSecretBytes bytes. Thread-safe.
SecretBytes HmacKeyOf(const SecretBytes& secret);

// True if both secrets make the same codes: if they are equal but for zero bytes at the end. In
// time that depends on the sizes alone. Thread-safe.
bool MakeSameCodes(const SecretBytes& a, const SecretBytes& b);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_SAME_CODES_H_
