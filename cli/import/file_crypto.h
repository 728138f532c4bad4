#ifndef TWOFACTOR_CLI_IMPORT_FILE_CRYPTO_H_
#define TWOFACTOR_CLI_IMPORT_FILE_CRYPTO_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/base/secret_bytes.h"

// What files are encrypted with, by OpenSSL: RFC 6030 section 6, and what apps take. Pure
// functions, thread-safe.
namespace twofactor {

// The digest of an HMAC that XML Signature's URIs name, as OpenSSL calls it: "…hmac-sha1",
// "…hmac-sha224" to "…hmac-sha512". Empty for another one.
std::string_view DigestOfHmac(std::string_view uri);

// How many bytes the key of an XML Encryption algorithm has: "…#aes128-cbc", "…#aes192-cbc",
// "…#aes256-cbc". 0 for another one.
std::size_t KeyBytesOf(std::string_view uri);

// What AES-CBC makes of an IV and the blocks behind it, without the padding of XML Encryption
// (section 5.2: the last byte counts it). None where `key` is not 16, 24 or 32 bytes, or the data
// is not what that key encrypted.
std::optional<SecretBytes> DecryptAesCbc(const SecretBytes& key,
                                         std::span<const std::uint8_t> data);

// None where OpenSSL does not know the digest.
std::optional<SecretBytes> Hmac(std::string_view digest, const SecretBytes& key,
                                std::span<const std::uint8_t> data);

// PBKDF2 (RFC 8018) with an HMAC of that digest, `size` bytes of it.
std::optional<SecretBytes> Pbkdf2(const SecretBytes& passphrase, std::span<const std::uint8_t> salt,
                                  int iterations, std::string_view digest, std::size_t size);

inline constexpr std::size_t kGcmTagBytes = 16;
inline constexpr std::size_t kExportKeyBytes = 32;

SecretBytes Joined(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second);

// AES-256-GCM of the data with the tag behind it. None where the key is not the right one, or
// something was changed.
std::optional<SecretBytes> DecryptAesGcm(const SecretBytes& key,
                                         std::span<const std::uint8_t> nonce,
                                         std::span<const std::uint8_t> data_and_tag);

// scrypt (RFC 7914), kExportKeyBytes of it. None where the parameters ask for more than 256 MiB.
std::optional<SecretBytes> Scrypt(const SecretBytes& passphrase, std::span<const std::uint8_t> salt,
                                  std::uint64_t n, std::uint64_t r, std::uint64_t p);

// HKDF-Expand (RFC 5869) with SHA-256, kExportKeyBytes of it.
std::optional<SecretBytes> HkdfExpand(const SecretBytes& key, std::string_view info);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_FILE_CRYPTO_H_
