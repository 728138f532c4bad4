#ifndef TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_HEADER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_HEADER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "helperd/twofactord/backup/backup_key.h"

// The first line of a backup (docs/backup.md). It is in the clear, and authenticated by all that
// follows.
namespace twofactor {

inline constexpr std::int64_t kBackupFormat = 1;
inline constexpr std::size_t kMaxHeaderBytes = 4096;

struct BackupHeader {
  std::string id;  // Random, 32 hexadecimal digits.
  WallTime created;
  std::string host;
  std::uint64_t users = 0;
  BackupKdf kdf;
  // Sealed with the key, so that a wrong passphrase is known as one.
  std::vector<std::uint8_t> check;
};

// Fails with kInternal. Thread-safe.
Result<std::string> NewBackupId();
// A header with a new salt, without its check. Fails with kInternal.
Result<BackupHeader> NewBackupHeader(std::string id, WallTime created, std::string host,
                                     std::uint64_t users);

// Without a line end; one text for one header.
std::string ToLine(const BackupHeader& header);
// What the key authenticates: the header but its check.
std::string AuthenticatedPart(const BackupHeader& header);

// Takes exactly what ToLine makes, with a key's derivation that is within bounds. Fails with
// kUnknownVersion for a newer format, else with kCorrupt. Thread-safe.
Result<BackupHeader> ParseBackupHeader(std::string_view line);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_HEADER_H_
