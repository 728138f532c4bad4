#ifndef TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_EXPORT_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_EXPORT_H_

#include <memory>
#include <string>
#include <utility>

#include "common/base/clock.h"
#include "common/base/paths.h"
#include "helperd/twofactord/backup/backup_writer.h"

namespace twofactor {

// What a backup is made from beside the vault.
struct BackupSource {
  VaultCopy vault;
  RunPaths live_store;
  const Clock& clock;
  VaultSettings settings;
  std::string id;  // NewBackupId.
};

// A backup on its way from the vault to somebody who writes it down. Not synchronised, and not for
// the event loop.
class BackupExport {
 public:
  struct Chunk {
    std::string line;
    bool last;
    std::uint64_t users;
  };

  // Derives the key. The clock must outlive it. Fails with kCorrupt, kUnavailable or kInternal.
  static Result<std::shared_ptr<BackupExport>> Begin(BackupSource source, std::string host,
                                                     const SecretBytes& passphrase);

  const BackupHeader& header() const { return writer_.header(); }
  // Fails with kConflict after the last, else as Begin.
  Result<Chunk> Next();

 private:
  BackupExport(VaultSnapshot snapshot, BackupWriter writer, RunPaths live_store, const Clock& clock,
               VaultSettings settings)
      : snapshot_(std::move(snapshot)),
        writer_(std::move(writer)),
        live_store_(std::move(live_store)),
        clock_(clock),
        settings_(settings) {}

  VaultSnapshot snapshot_;
  BackupWriter writer_;
  RunPaths live_store_;
  const Clock& clock_;
  VaultSettings settings_;
  bool whole_ = false;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_EXPORT_H_
