#include "helperd/twofactord/vault/keyed_hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

namespace twofactor {

Result<std::vector<std::uint8_t>> KeyedHash(const SecretBytes& key, const SealIdentity& identity,
                                            const SecretBytes& secret) {
  const std::string_view owner = identity.bytes();
  SecretBytes message(owner.size() + secret.size());
  const auto rest = std::copy(owner.begin(), owner.end(), message.mutable_bytes().begin());
  std::copy(secret.bytes().begin(), secret.bytes().end(), rest);
  std::vector<std::uint8_t> hash(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.bytes().data(), static_cast<int>(key.size()), message.bytes().data(),
           message.size(), hash.data(), &size) == nullptr) {
    return Fail(ErrorCode::kInternal, "hash a secret");
  }
  hash.resize(size);
  return hash;
}

}  // namespace twofactor
