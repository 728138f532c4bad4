#ifndef TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_READER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_READER_H_

#include <cstdint>
#include <string_view>
#include <utility>

#include "helperd/twofactord/backup/backup_contents.h"
#include "helperd/twofactord/backup/backup_header.h"

namespace twofactor {

// Opens the lines of a backup, one after the other. Not synchronised.
class BackupReader {
 public:
  // Works for as long as DeriveBackupKey does. Fails with kConflict where the passphrase is not the
  // backup's or the header was changed (which one, nobody can tell), and with kInternal.
  static Result<BackupReader> Begin(BackupHeader header, const SecretBytes& passphrase);
  // The same with the key that was derived as the header says.
  static Result<BackupReader> Begin(BackupHeader header, BackupKey key);

  const BackupHeader& header() const { return header_; }

  // What is in the next chunk. Fails with kCorrupt where this is not the chunk that comes next in
  // this backup, unchanged; nothing of it is given then, and the right one may still come.
  Result<BackupContents> Next(std::string_view line);
  // Was that the last chunk?
  bool whole() const { return whole_; }

 private:
  BackupReader(BackupHeader header, BackupKey key)
      : header_(std::move(header)), key_(std::move(key)) {}

  BackupHeader header_;
  BackupKey key_;
  std::uint64_t next_ = 0;
  bool whole_ = false;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_READER_H_
