#include "helperd/twofactord/backup/backup_key.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <array>
#include <bit>
#include <memory>

#include "helperd/twofactord/vault/key.h"

namespace twofactor {
namespace {

constexpr std::uint64_t kLeastN = 1U << 15U;
constexpr std::uint64_t kMostN = 1U << 18U;
constexpr std::uint64_t kOnlyR = 8;
constexpr std::uint64_t kMostP = 4;

struct FreeKdf {
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

}  // namespace

bool BackupKdf::WithinBounds() const {
  return n >= kLeastN && n <= kMostN && std::has_single_bit(n) && r == kOnlyR && p >= 1 &&
         p <= kMostP && salt.size() == kBackupSaltBytes;
}

Result<BackupKdf> NewBackupKdf() {
  BackupKdf kdf;
  kdf.salt.resize(kBackupSaltBytes);
  if (RAND_bytes(kdf.salt.data(), static_cast<int>(kdf.salt.size())) != 1) {
    return Fail(ErrorCode::kInternal, "get random bytes for a backup");
  }
  return kdf;
}

Result<BackupKey> DeriveBackupKey(const SecretBytes& passphrase, const BackupKdf& kdf) {
  if (!kdf.WithinBounds()) {
    return Fail(ErrorCode::kInvalidParams,
                "the parameters of the key's derivation are out of bounds");
  }
  const std::unique_ptr<EVP_KDF, FreeKdf> scrypt(EVP_KDF_fetch(nullptr, "SCRYPT", nullptr));
  const std::unique_ptr<EVP_KDF_CTX, FreeKdf> context(EVP_KDF_CTX_new(scrypt.get()));
  // OpenSSL takes its input as not const, and does not change it.
  SecretBytes password = passphrase.Clone();
  std::vector<std::uint8_t> salt = kdf.salt;
  std::uint64_t n = kdf.n;
  std::uint64_t r = kdf.r;
  std::uint64_t p = kdf.p;
  // 128 * n * r, and something beside it.
  std::uint64_t most_memory = 128 * (kMostN + 1024) * kOnlyR;
  const std::array parameters = {
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, password.mutable_bytes().data(),
                                        password.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt.data(), salt.size()),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_R, &r),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_P, &p),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &most_memory),
      OSSL_PARAM_construct_end()};
  SecretBytes key(VaultKey::kBytes);
  if (context == nullptr || EVP_KDF_derive(context.get(), key.mutable_bytes().data(), key.size(),
                                           parameters.data()) != 1) {
    return Fail(ErrorCode::kInternal, "derive the key of a backup (is there enough memory?)");
  }
  return BackupKey(std::move(key));
}

}  // namespace twofactor
