#include "helperd/twofactord/vault/recovery_key.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace twofactor {
namespace {

constexpr std::string_view kIdMessage = "twofactor recovery key id";
constexpr std::size_t kIdBytes = 16;

}  // namespace

SealIdentity RecoveryKeyIdentity(std::string_view name) {
  return SealIdentity("twofactor sealed key").Add(name);
}

Result<std::string> RecoveryKeyId(const SecretBytes& key) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
  const void* const message = kIdMessage.data();
  if (HMAC(EVP_sha256(), key.bytes().data(), static_cast<int>(key.size()),
           static_cast<const std::uint8_t*>(message), kIdMessage.size(), hash.data(),
           nullptr) == nullptr) {
    return Fail(ErrorCode::kInternal, "name a key");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id;
  for (std::size_t i = 0; i < kIdBytes; ++i) {
    id += kDigits[hash.at(i) >> 4U];
    id += kDigits[hash.at(i) & 0xFU];
  }
  return id;
}

}  // namespace twofactor
