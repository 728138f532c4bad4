#ifndef TWOFACTOR_CLI_IMPORT_ENCODINGS_H_
#define TWOFACTOR_CLI_IMPORT_ENCODINGS_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"

// Secrets as the files write them, by liboath and OpenSSL. Nothing is said of what is wrong but
// that it is: an error message holds no part of a secret. Pure functions, thread-safe.
namespace twofactor {

// Base32 (RFC 4648) as pam_google_authenticator reads it: upper or lower case; blanks and dashes do
// not count; 0, 1 and 8 are taken for O, L and B; padding may be left out. None where it is not
// that, or empty.
std::optional<SecretBytes> DecodeLooseBase32(std::string_view text);

// Pairs of hexadecimal digits. None where it is not that, or empty.
std::optional<SecretBytes> DecodeHex(std::string_view text);

// Base64 (RFC 4648) with its padding; white space does not count. None where it is not that, or
// empty.
std::optional<SecretBytes> DecodeBase64Secret(std::string_view text);

// The same as URIs carry it: of either alphabet of RFC 4648, with or without padding; a blank is
// the '+' that somebody took for one.
std::optional<SecretBytes> DecodeLooseBase64(std::string_view text);

// The UTF-8 of a text that begins with UTF-16's byte order mark; none where it does not, or is no
// UTF-16.
std::optional<SecretBytes> FromUtf16(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_ENCODINGS_H_
