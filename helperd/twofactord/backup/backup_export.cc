#include "helperd/twofactord/backup/backup_export.h"

#include <unistd.h>

#include <algorithm>

#include "common/livestore/ledger.h"
#include "common/livestore/settings.h"

namespace twofactor {
namespace {

// Closes the steps that were used: they are in the ledger, and not in the vault.
void CloseUsedSteps(BackedUpDevice& device, const Ledger& ledger, WallTime now) {
  if (device.kind != DeviceKind::kTotp) {
    return;
  }
  if (device.slot < ledger.slots()) {
    const layout::UseWord use = ledger.ReadUse(device.slot);
    if (use.generation == device.generation) {
      // What a word from birth closes is the clock's, and not what was used.
      const TimeStep used = use.from_birth ? 0 : TimeStep{use.next_step};
      device.first_step = std::max(device.first_step, used);
      return;
    }
  }
  // The device was renewed or removed since the vault was copied, and what was used of it is no
  // longer known.
  const TimeStep latest = SkewedStepAt(now, device.parameters.interval, device.skew);
  device.first_step = std::max(device.first_step, latest + kMaxWindow + 1);
}

}  // namespace

Result<std::shared_ptr<BackupExport>> BackupExport::Begin(BackupSource source, std::string host,
                                                          const SecretBytes& passphrase) {
  auto snapshot = VaultSnapshot::Open(std::move(source.vault));
  if (!snapshot) {
    return Fail(snapshot.error());
  }
  auto header = NewBackupHeader(std::move(source.id), source.clock.Wall(), std::move(host),
                                snapshot->users());
  if (!header) {
    return Fail(header.error());
  }
  auto writer = BackupWriter::Begin(std::move(*header), passphrase);
  if (!writer) {
    return Fail(writer.error());
  }
  // The constructor is nobody else's.
  return std::shared_ptr<BackupExport>(new BackupExport(std::move(*snapshot), std::move(*writer),
                                                        std::move(source.live_store), source.clock,
                                                        source.settings));
}

Result<BackupExport::Chunk> BackupExport::Next() {
  if (whole_) {
    return Fail(ErrorCode::kConflict, "the last part of the backup was given out");
  }
  const auto ledger = Ledger::Open(live_store_.Ledger(), geteuid());
  if (!ledger) {
    return Fail(ledger.error());
  }
  Chunk chunk{{}, false, 0};
  while (!writer_.Full() && !chunk.last) {
    auto user = snapshot_.NextUser();
    if (!user) {
      return Fail(user.error());
    }
    if (!*user) {
      chunk.last = true;
      break;
    }
    for (BackedUpDevice& device : (*user)->devices) {
      CloseUsedSteps(device, *ledger, clock_.Wall());
    }
    if (const auto added = writer_.Add(**user, snapshot_.recovery_keys()); !added) {
      return Fail(added.error());
    }
    ++chunk.users;
  }
  auto line = writer_.Finish(chunk.last ? &settings_ : nullptr);
  if (!line) {
    return Fail(line.error());
  }
  chunk.line = std::move(*line);
  whole_ = chunk.last;
  return chunk;
}

}  // namespace twofactor
