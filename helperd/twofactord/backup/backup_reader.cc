#include "helperd/twofactord/backup/backup_reader.h"

#include <string>

#include "helperd/twofactord/backup/backup_writer.h"

namespace twofactor {

Result<BackupReader> BackupReader::Begin(BackupHeader header, const SecretBytes& passphrase) {
  auto key = DeriveBackupKey(passphrase, header.kdf);
  return key ? Begin(std::move(header), std::move(*key)) : Fail(key.error());
}

Result<BackupReader> BackupReader::Begin(BackupHeader header, BackupKey key) {
  if (!UnsealWith(key.bytes(), HeaderIdentity(header), header.check)) {
    return Fail(ErrorCode::kConflict,
                "this is not the passphrase of this backup, or its first line was changed; nothing"
                " was restored");
  }
  return BackupReader(std::move(header), std::move(key));
}

Result<BackupContents> BackupReader::Next(std::string_view line) {
  const auto chunk = BackupChunk::Parse(line);
  if (!chunk) {
    return Fail(chunk.error());
  }
  const std::string part = "part " + std::to_string(next_ + 1) + " of the backup";
  if (whole_ || chunk->number != next_) {
    return Fail(ErrorCode::kCorrupt,
                whole_ ? "there is more behind the last part of the backup"
                       : part + " is missing, or the parts are not in their order");
  }
  const auto text =
      UnsealWith(key_.bytes(), ChunkIdentity(header_, next_, chunk->last), chunk->sealed);
  if (!text) {
    return Fail(ErrorCode::kCorrupt, part + " was changed, or is another backup's");
  }
  auto contents = ParseBackupContents(text->text(), {key_.bytes(), header_.id});
  if (!contents) {
    return Fail(contents.error().Under(part));
  }
  contents->backup = {header_.id, header_.created};
  ++next_;
  whole_ = chunk->last;
  return contents;
}

}  // namespace twofactor
