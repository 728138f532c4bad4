#include "helperd/twofactord/vault/sealing.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <memory>

namespace twofactor {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kOverhead = 1 + kNonceBytes + kTagBytes;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const std::uint8_t* AsBytes(std::string_view text) {
  const void* start = text.data();
  return static_cast<const std::uint8_t*>(start);
}

Error OpenSslFailed(const char* step) { return Error(ErrorCode::kInternal, step); }

}  // namespace

SealIdentity::SealIdentity(std::string_view purpose) { Add(purpose); }

SealIdentity& SealIdentity::Add(std::string_view text) {
  // The length goes first, so that no two lists of parts give the same bytes.
  Add(text.size());
  bytes_ += text;
  return *this;
}

SealIdentity& SealIdentity::Add(std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) {
    bytes_ += static_cast<char>(number >> shift & 0xFF);
  }
  return *this;
}

Result<SealedSecret> Seal(const VaultKey& key, const SealIdentity& identity,
                          const SecretBytes& secret) {
  return SealWith(key.bytes(), identity, secret);
}

Result<SecretBytes> Unseal(const VaultKey& key, const SealIdentity& identity,
                           std::span<const std::uint8_t> sealed) {
  return UnsealWith(key.bytes(), identity, sealed);
}

Result<SealedSecret> SealWith(const SecretBytes& key, const SealIdentity& identity,
                              const SecretBytes& secret) {
  SealedSecret sealed{std::vector<std::uint8_t>(secret.size() + kOverhead)};
  sealed.bytes[0] = kFormat;
  std::uint8_t* nonce = &sealed.bytes[1];
  std::uint8_t* ciphertext = nonce + kNonceBytes;
  std::uint8_t* tag = ciphertext + secret.size();
  const Context context(EVP_CIPHER_CTX_new());
  int written = 0;
  const auto identity_bytes = identity.bytes();
  if (context == nullptr || RAND_bytes(nonce, kNonceBytes) != 1 ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(), nonce) !=
          1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &written, AsBytes(identity_bytes),
                        static_cast<int>(identity_bytes.size())) != 1 ||
      EVP_EncryptUpdate(context.get(), ciphertext, &written, secret.bytes().data(),
                        static_cast<int>(secret.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), ciphertext + written, &written) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag) != 1) {
    return Fail(OpenSslFailed("seal a secret"));
  }
  return sealed;
}

Result<SecretBytes> UnsealWith(const SecretBytes& key, const SealIdentity& identity,
                               std::span<const std::uint8_t> sealed) {
  if (sealed.size() < kOverhead) {
    return Fail(ErrorCode::kCorrupt, "a sealed secret is too short");
  }
  if (sealed[0] != kFormat) {
    return Fail(ErrorCode::kUnknownVersion, "a sealed secret has an unknown format");
  }
  const auto nonce = sealed.subspan(1, kNonceBytes);
  const auto ciphertext = sealed.subspan(1 + kNonceBytes, sealed.size() - kOverhead);
  std::array<std::uint8_t, kTagBytes> tag{};
  std::copy(sealed.end() - kTagBytes, sealed.end(), tag.begin());
  SecretBytes secret(ciphertext.size());
  const Context context(EVP_CIPHER_CTX_new());
  int written = 0;
  const auto identity_bytes = identity.bytes();
  if (context == nullptr ||
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(),
                         nonce.data()) != 1 ||
      EVP_DecryptUpdate(context.get(), nullptr, &written, AsBytes(identity_bytes),
                        static_cast<int>(identity_bytes.size())) != 1 ||
      EVP_DecryptUpdate(context.get(), secret.mutable_bytes().data(), &written, ciphertext.data(),
                        static_cast<int>(ciphertext.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) != 1) {
    return Fail(OpenSslFailed("open a sealed secret"));
  }
  std::uint8_t nothing = 0;
  if (EVP_DecryptFinal_ex(context.get(), &nothing, &written) != 1) {
    return Fail(ErrorCode::kCorrupt, "a sealed secret does not open with this key in this place");
  }
  return secret;
}

}  // namespace twofactor
