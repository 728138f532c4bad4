#ifndef TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_KEY_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_KEY_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"

namespace twofactor {

inline constexpr std::size_t kBackupSaltBytes = 32;

// How a key is made of a passphrase: scrypt (RFC 7914). What we write takes 64 MiB and, on a
// machine of 2024, a third of a second for a guess (OWASP's password storage cheat sheet, second
// row).
struct BackupKdf {
  std::uint64_t n = 1U << 16U;
  std::uint64_t r = 8;
  std::uint64_t p = 2;
  std::vector<std::uint8_t> salt;

  // Within what is read: n a power of two from 2^15 to 2^18 and r 8, so at most 256 MiB; p at most
  // 4. A file can thus neither ask for a key that is easily guessed, nor for all memory.
  bool WithinBounds() const;
  friend bool operator==(const BackupKdf&, const BackupKdf&) = default;
};

// The usual parameters with a new salt. Fails with kInternal.
Result<BackupKdf> NewBackupKdf();

// What opens a backup. Only DeriveBackupKey makes one.
class BackupKey {
 public:
  const SecretBytes& bytes() const { return bytes_; }
  BackupKey Clone() const { return BackupKey(bytes_.Clone()); }

 private:
  friend Result<BackupKey> DeriveBackupKey(const SecretBytes&, const BackupKdf&);
  explicit BackupKey(SecretBytes bytes) : bytes_(std::move(bytes)) {}

  SecretBytes bytes_;
};

// Works for as long as the parameters say: not for the event loop. Fails with kInvalidParams where
// they are out of bounds, before any work, and with kInternal. Thread-safe.
Result<BackupKey> DeriveBackupKey(const SecretBytes& passphrase, const BackupKdf& kdf);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_KEY_H_
