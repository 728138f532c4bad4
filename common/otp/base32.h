#ifndef TWOFACTOR_COMMON_OTP_BASE32_H_
#define TWOFACTOR_COMMON_OTP_BASE32_H_

#include <string_view>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"

// Base32 (RFC 4648), as authenticator apps have it: without padding. Thread-safe.
namespace twofactor {

// Fails with kInternal.
Result<SecretBytes> EncodeBase32(const SecretBytes& secret);

// Small letters, blanks and padding are taken too. Fails with kInvalidParams, not repeating the
// text.
Result<SecretBytes> DecodeBase32(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_BASE32_H_
