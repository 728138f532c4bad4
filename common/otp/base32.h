#ifndef TWOFACTOR_COMMON_OTP_BASE32_H_
#define TWOFACTOR_COMMON_OTP_BASE32_H_

#include <string_view>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"

// Base32 (RFC 4648) without padding, as in authenticator apps. Thread-safe.
namespace twofactor {

// Encodes `secret`. Fails with kInternal.
Result<SecretBytes> EncodeBase32(const SecretBytes& secret);

// Decodes `text`; accepts lowercase letters, blanks and padding, too. Fails with kInvalidParams,
// without repeating the text.
Result<SecretBytes> DecodeBase32(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_BASE32_H_
