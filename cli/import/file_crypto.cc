#include "cli/import/file_crypto.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

namespace twofactor {
namespace {

constexpr std::size_t kBlockBytes = 16;
constexpr std::uint64_t kMaxScryptBytes = 256UL * 1024 * 1024;

const EVP_CIPHER* CipherFor(std::size_t key_bytes) {
  switch (key_bytes) {
    case 16:
      return EVP_aes_128_cbc();
    case 24:
      return EVP_aes_192_cbc();
    case 32:
      return EVP_aes_256_cbc();
    default:
      return nullptr;
  }
}

// Cuts XML Encryption's padding off.
std::optional<SecretBytes> WithoutPadding(SecretBytes plain) {
  const std::size_t padding = plain.bytes().back();
  if (padding == 0 || padding > kBlockBytes || padding >= plain.size()) {
    return std::nullopt;
  }
  plain.Truncate(plain.size() - padding);
  return plain;
}

// Without padding. `tag` is GCM's, empty for CBC.
std::optional<SecretBytes> Decrypt(const EVP_CIPHER* cipher, const SecretBytes& key,
                                   std::span<const std::uint8_t> nonce,
                                   std::span<const std::uint8_t> data,
                                   std::span<const std::uint8_t> tag) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  SecretBytes expected = SecretBytes::CopyOf(tag);
  SecretBytes plain(data.size());
  int size = 0;
  int rest = 0;
  const bool decrypted =
      context != nullptr &&
      EVP_DecryptInit_ex(context.get(), cipher, nullptr, nullptr, nullptr) == 1 &&
      (tag.empty() || EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_IVLEN,
                                          static_cast<int>(nonce.size()), nullptr) == 1) &&
      EVP_DecryptInit_ex(context.get(), nullptr, nullptr, key.bytes().data(), nonce.data()) == 1 &&
      EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
      EVP_DecryptUpdate(context.get(), plain.mutable_bytes().data(), &size, data.data(),
                        static_cast<int>(data.size())) == 1 &&
      (tag.empty() ||
       EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(expected.size()),
                           expected.mutable_bytes().data()) == 1) &&
      EVP_DecryptFinal_ex(context.get(), plain.mutable_bytes().data() + size, &rest) == 1;
  return decrypted ? std::optional(std::move(plain)) : std::nullopt;
}

}  // namespace

std::string_view DigestOfHmac(std::string_view uri) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kDigests = {{
      {"hmac-sha1", "SHA1"},
      {"hmac-sha224", "SHA224"},
      {"hmac-sha256", "SHA256"},
      {"hmac-sha384", "SHA384"},
      {"hmac-sha512", "SHA512"},
  }};
  for (const auto& [end, digest] : kDigests) {
    if (uri.ends_with(end)) {
      return digest;
    }
  }
  return {};
}

std::size_t KeyBytesOf(std::string_view uri) {
  constexpr std::array<std::pair<std::string_view, std::size_t>, 3> kSizes = {{
      {"http://www.w3.org/2001/04/xmlenc#aes128-cbc", 16},
      {"http://www.w3.org/2001/04/xmlenc#aes192-cbc", 24},
      {"http://www.w3.org/2001/04/xmlenc#aes256-cbc", 32},
  }};
  for (const auto& [name, size] : kSizes) {
    if (uri == name) {
      return size;
    }
  }
  return 0;
}

std::optional<SecretBytes> DecryptAesCbc(const SecretBytes& key,
                                         std::span<const std::uint8_t> data) {
  const EVP_CIPHER* const cipher = CipherFor(key.size());
  if (cipher == nullptr || data.size() < 2 * kBlockBytes || data.size() % kBlockBytes != 0) {
    return std::nullopt;
  }
  auto plain = Decrypt(cipher, key, data.first(kBlockBytes), data.subspan(kBlockBytes), {});
  return plain ? WithoutPadding(std::move(*plain)) : std::nullopt;
}

SecretBytes Joined(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second) {
  SecretBytes joined(first.size() + second.size());
  std::copy(second.begin(), second.end(),
            std::copy(first.begin(), first.end(), joined.mutable_bytes().begin()));
  return joined;
}

std::optional<SecretBytes> DecryptAesGcm(const SecretBytes& key,
                                         std::span<const std::uint8_t> nonce,
                                         std::span<const std::uint8_t> data_and_tag) {
  if (key.size() != kExportKeyBytes || nonce.empty() || data_and_tag.size() <= kGcmTagBytes) {
    return std::nullopt;
  }
  return Decrypt(EVP_aes_256_gcm(), key, nonce,
                 data_and_tag.first(data_and_tag.size() - kGcmTagBytes),
                 data_and_tag.last(kGcmTagBytes));
}

std::optional<SecretBytes> Hmac(std::string_view digest, const SecretBytes& key,
                                std::span<const std::uint8_t> data) {
  const EVP_MD* const kind = EVP_get_digestbyname(std::string(digest).c_str());
  SecretBytes mac(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  if (kind == nullptr || HMAC(kind, key.bytes().data(), static_cast<int>(key.size()), data.data(),
                              data.size(), mac.mutable_bytes().data(), &size) == nullptr) {
    return std::nullopt;
  }
  mac.Truncate(size);
  return mac;
}

std::optional<SecretBytes> Pbkdf2(const SecretBytes& passphrase, std::span<const std::uint8_t> salt,
                                  int iterations, std::string_view digest, std::size_t size) {
  const EVP_MD* const kind = EVP_get_digestbyname(std::string(digest).c_str());
  SecretBytes key(size);
  if (kind == nullptr ||
      PKCS5_PBKDF2_HMAC(passphrase.text().data(), static_cast<int>(passphrase.size()), salt.data(),
                        static_cast<int>(salt.size()), iterations, kind, static_cast<int>(size),
                        key.mutable_bytes().data()) != 1) {
    return std::nullopt;
  }
  return key;
}

std::optional<SecretBytes> Scrypt(const SecretBytes& passphrase, std::span<const std::uint8_t> salt,
                                  std::uint64_t n, std::uint64_t r, std::uint64_t p) {
  SecretBytes key(kExportKeyBytes);
  const bool derived =
      EVP_PBE_scrypt(passphrase.text().data(), passphrase.size(), salt.data(), salt.size(), n, r, p,
                     kMaxScryptBytes, key.mutable_bytes().data(), key.size()) == 1;
  return derived ? std::optional(std::move(key)) : std::nullopt;
}

std::optional<SecretBytes> HkdfExpand(const SecretBytes& key, std::string_view info) {
  // One block of SHA-256 is all that is wanted: T(1) = HMAC(key, info | 1).
  std::string block(info);
  block += '\x01';
  const SecretBytes bytes = SecretBytes::CopyOf(block);
  return Hmac("SHA256", key, bytes.bytes());
}

}  // namespace twofactor
