#ifndef TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_WRITER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_WRITER_H_

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "helperd/twofactord/backup/backup_contents.h"
#include "helperd/twofactord/backup/backup_header.h"
#include "helperd/twofactord/vault/sealing.h"

namespace twofactor {

// A chunk, as it stands in a line of a backup without the line end: {"chunk": N, "last": bool,
// "sealed": base64}.
struct BackupChunk {
  std::uint64_t number;
  bool last;
  std::vector<std::uint8_t> sealed;

  std::string ToLine() const;
  // Takes exactly what ToLine makes. Fails with kCorrupt.
  static Result<BackupChunk> Parse(std::string_view line);
};

// What a chunk is sealed for: this backup, with this header, this place in it. One that was moved,
// repeated or taken from another backup does not open there.
SealIdentity ChunkIdentity(const BackupHeader& header, std::uint64_t number, bool last);
// What the header's check is sealed for.
SealIdentity HeaderIdentity(const BackupHeader& header);

// Makes the lines of a backup, one after the other, in memory for one chunk. Not synchronised.
class BackupWriter {
 public:
  // Works for as long as DeriveBackupKey does. `header` is new (NewBackupHeader). Fails with
  // kInternal.
  static Result<BackupWriter> Begin(BackupHeader header, const SecretBytes& passphrase);

  // With its check.
  const BackupHeader& header() const { return header_; }

  // Adds a user to the chunk, with the key of its recovery codes. Fails with kInternal.
  Result<void> Add(const BackedUpUser& user,
                   const std::map<std::string, SecretBytes>& recovery_keys);
  // So much is in the chunk that it should be finished. It then still has room for the largest user
  // that there can be, within the length of a call.
  bool Full() const { return bytes_ >= kFullBytes; }
  // The chunk's line; with the settings it is the last one. Fails with kInternal.
  Result<std::string> Finish(const VaultSettings* settings);

 private:
  static constexpr std::size_t kFullBytes = 16UL * 1024;

  BackupWriter(BackupHeader header, BackupKey key)
      : header_(std::move(header)), key_(std::move(key)) {}
  BackupSeal seal() const { return {key_.bytes(), header_.id}; }

  BackupHeader header_;
  BackupKey key_;
  std::uint64_t next_ = 0;
  nlohmann::json keys_ = nlohmann::json::object();
  nlohmann::json users_ = nlohmann::json::array();
  std::size_t bytes_ = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_WRITER_H_
