#include <algorithm>
#include <utility>

#include "helperd/twofactord/vault/sealing.h"
#include "helperd/twofactord/vault/vault.h"
#include "helperd/twofactord/vault/vault_rows.h"

// The vault's rows of devices.
namespace twofactor {
Result<std::vector<PublishedDevice>> Vault::LoadDevices() {
  auto select = database_.Prepare(rows::kSelectDevices);
  if (!select) {
    return Fail(select.error());
  }
  std::vector<PublishedDevice> devices;
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    auto device = rows::OpenPublished(*select, keys_);
    if (!device) {
      return Fail(device.error().Under("read the vault"));
    }
    devices.push_back(std::move(*device));
  }
  // SQLite would keep as many of the pages as fit its cache.
  const auto shrunk = database_.Run("PRAGMA shrink_memory");
  return shrunk ? Result<std::vector<PublishedDevice>>(std::move(devices)) : Fail(shrunk.error());
}

Result<std::uint64_t> Vault::CountUsers() {
  auto select = database_.Prepare("SELECT COUNT(DISTINCT username) FROM devices");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Step();
  return row ? Result<std::uint64_t>(static_cast<std::uint64_t>(select->Integer(0)))
             : Fail(row.error());
}

Result<PublishedDevice> Vault::PutSecret(const NewSecret& secret) {
  const auto use = MakePlaceFor(secret);
  if (!use) {
    return Fail(use.error());
  }
  auto device = WriteSecret(secret, *use);
  if (!device) {
    return device;
  }
  // Who has something new to log in with needs no way around it.
  const auto ended = EndBypass(device->username);
  return ended ? std::move(device) : Fail(ended.error());
}

Result<PublishedDevice> Vault::WriteSecret(const NewSecret& secret, const KnownUse& use) {
  const auto generation = NextGeneration();
  if (!generation) {
    return Fail(generation.error());
  }
  const auto slot = SlotFor(secret.username, secret.device);
  if (!slot) {
    return Fail(slot.error());
  }
  PublishedDevice device{.username = secret.username,
                         .uid = secret.uid,
                         .device = secret.device,
                         .slot = *slot,
                         .generation = *generation,
                         .parameters = secret.parameters,
                         .created = secret.created,
                         .secret = {},
                         .kind = secret.kind,
                         .skew = secret.skew,
                         .first_step = use.first_step};
  const auto sealed = Seal(keys_, rows::IdentityOf(device), secret.secret);
  if (!sealed) {
    return Fail(sealed.error());
  }
  auto put = database_.Prepare(
      "INSERT OR REPLACE INTO devices (username, device, uid, slot, generation, created, algorithm,"
      " digits, interval, kind, skew, first_step, sealed, counter, label)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!put) {
    return Fail(put.error());
  }
  const auto written = put->Bind(device.username.text())
                           .Bind(std::int64_t{device.device})
                           .Bind(std::int64_t{device.uid})
                           .Bind(static_cast<std::int64_t>(device.slot))
                           .Bind(std::int64_t{device.generation})
                           .Bind(device.created.time_since_epoch().count())
                           .Bind(static_cast<std::int64_t>(device.parameters.algorithm))
                           .Bind(std::int64_t{device.parameters.digits})
                           .Bind(device.parameters.interval.count())
                           .Bind(static_cast<std::int64_t>(device.kind))
                           .Bind(std::int64_t{device.skew})
                           .Bind(std::int64_t{device.first_step})
                           .Bind(std::span<const std::uint8_t>(sealed->bytes))
                           .Bind(static_cast<std::int64_t>(use.counter))
                           .Bind(secret.label)
                           .Run();
  if (!written) {
    return Fail(written.error());
  }
  if (device.kind == DeviceKind::kTotp) {
    device.secret = secret.secret.Clone();
  }
  return device;
}

Result<std::vector<DeviceInfo>> Vault::ReadDevices(const Username& username, uid_t uid) {
  auto select = database_.Prepare(
      "SELECT device, kind, label, slot, generation, created, algorithm, digits, interval"
      " FROM devices WHERE username = ? AND uid = ? ORDER BY device");
  if (!select) {
    return Fail(select.error());
  }
  select->Bind(username.text()).Bind(std::int64_t{uid});
  std::vector<DeviceInfo> devices;
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      return devices;
    }
    const auto kind = DeviceKindFromStored(static_cast<std::uint8_t>(select->Integer(1)));
    const auto parameters =
        rows::Parameters(select->Integer(6), select->Integer(7), select->Integer(8));
    if (!kind || !parameters) {
      return Fail(ErrorCode::kCorrupt, "the vault holds a device that cannot be");
    }
    devices.push_back({static_cast<std::uint32_t>(select->Integer(0)), *kind,
                       std::string(select->Text(2)), static_cast<std::uint64_t>(select->Integer(3)),
                       static_cast<std::uint32_t>(select->Integer(4)),
                       rows::ToWallTime(select->Integer(5)), *parameters});
  }
}

Result<bool> Vault::RenameDevice(const Username& username, uid_t uid, std::uint32_t device,
                                 const std::string& label) {
  auto update = database_.Prepare(
      "UPDATE devices SET label = ? WHERE username = ? AND uid = ? AND device = ?"
      " RETURNING device");
  return update ? update->Bind(label)
                      .Bind(username.text())
                      .Bind(std::int64_t{uid})
                      .Bind(std::int64_t{device})
                      .StepToEnd()
                : Fail(update.error());
}

Result<std::optional<RemovedDevice>> Vault::RemoveDevice(const Username& username, uid_t uid,
                                                         std::uint32_t device) {
  const auto there = HasDevice(username, uid, device);
  if (!there || !*there) {
    return there ? Result<std::optional<RemovedDevice>>(std::nullopt) : Fail(there.error());
  }
  if (const auto noted = NotePastOf(username, device); !noted) {
    return Fail(noted.error());
  }
  auto erase = database_.Prepare(
      "DELETE FROM devices WHERE username = ? AND uid = ? AND device = ? RETURNING slot");
  if (!erase) {
    return Fail(erase.error());
  }
  const auto row =
      erase->Bind(username.text()).Bind(std::int64_t{uid}).Bind(std::int64_t{device}).Step();
  if (!row || !*row) {
    return row ? Result<std::optional<RemovedDevice>>(std::nullopt) : Fail(row.error());
  }
  const auto slot = erase->Integer(0);
  if (const auto ended = erase->StepToEnd(); !ended) {
    return Fail(ended.error());
  }
  auto free = database_.Prepare("INSERT INTO free_slots (slot) VALUES (?)");
  if (!free) {
    return Fail(free.error());
  }
  if (const auto freed = free->Bind(slot).Run(); !freed) {
    return Fail(freed.error());
  }
  if (const auto forgotten = ForgetOrigins(username); !forgotten) {
    return Fail(forgotten.error());
  }
  if (device == kRecoveryDevice) {
    if (const auto forgotten = ForgetRecoveryCodes(username); !forgotten) {
      return Fail(forgotten.error());
    }
  }
  const auto generation = NextGeneration();
  return generation ? Result<std::optional<RemovedDevice>>(
                          RemovedDevice{device, static_cast<std::uint64_t>(slot), *generation})
                    : Fail(generation.error());
}

Result<bool> Vault::HasDevice(const Username& username, uid_t uid, std::uint32_t device) {
  auto select =
      database_.Prepare("SELECT 1 FROM devices WHERE username = ? AND uid = ? AND device = ?");
  return select ? select->Bind(username.text())
                      .Bind(std::int64_t{uid})
                      .Bind(std::int64_t{device})
                      .StepToEnd()
                : Fail(select.error());
}

Result<std::vector<RemovedDevice>> Vault::RemoveUser(const Username& username) {
  if (const auto noted = NotePastOf(username, std::nullopt); !noted) {
    return Fail(noted.error());
  }
  auto select = database_.Prepare("SELECT device, slot FROM devices WHERE username = ?");
  if (!select) {
    return Fail(select.error());
  }
  select->Bind(username.text());
  std::vector<RemovedDevice> removed;
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    const auto generation = NextGeneration();
    if (!generation) {
      return Fail(generation.error());
    }
    removed.push_back({static_cast<std::uint32_t>(select->Integer(0)),
                       static_cast<std::uint64_t>(select->Integer(1)), *generation});
  }
  auto free = database_.Prepare(
      "INSERT INTO free_slots (slot) SELECT slot FROM devices WHERE username = ?");
  auto erase = database_.Prepare("DELETE FROM devices WHERE username = ?");
  if (!free || !erase) {
    return Fail(ErrorCode::kUnavailable, "remove a user from the vault");
  }
  if (const auto freed = free->Bind(username.text()).Run(); !freed) {
    return Fail(freed.error());
  }
  if (const auto forgotten = ForgetRecoveryCodes(username); !forgotten) {
    return Fail(forgotten.error());
  }
  if (const auto forgotten = ForgetOrigins(username); !forgotten) {
    return Fail(forgotten.error());
  }
  if (const auto ended = EndBypass(username); !ended) {
    return Fail(ended.error());
  }
  const auto erased = erase->Bind(username.text()).Run();
  return erased ? Result<std::vector<RemovedDevice>>(std::move(removed)) : Fail(erased.error());
}

Result<void> Vault::NoteUses(const std::vector<UsedBefore>& uses) {
  auto update = database_.Prepare(
      "UPDATE devices SET first_step = MAX(first_step, ?) WHERE slot = ? AND generation = ?");
  if (!update) {
    return Fail(update.error());
  }
  for (const UsedBefore& use : uses) {
    const auto noted = update->Reset()
                           .Bind(std::int64_t{use.next_step})
                           .Bind(static_cast<std::int64_t>(use.slot))
                           .Bind(std::int64_t{use.generation})
                           .Run();
    if (!noted) {
      return noted;
    }
  }
  return {};
}

Result<void> Vault::ForgetUsesFrom(std::uint64_t slot, std::uint32_t generation, TimeStep first) {
  auto update = database_.Prepare(
      "UPDATE devices SET first_step = MIN(first_step, ?) WHERE slot = ? AND generation = ?");
  return update ? update->Bind(std::int64_t{first})
                      .Bind(static_cast<std::int64_t>(slot))
                      .Bind(std::int64_t{generation})
                      .Run()
                : Fail(update.error());
}

Result<std::optional<PublishedDevice>> Vault::PutSkew(const Username& username,
                                                      std::uint32_t device,
                                                      std::uint32_t generation, int skew,
                                                      TimeStep first_step) {
  auto update = database_.Prepare(
      "UPDATE devices SET skew = ?, first_step = MAX(first_step, ?)"
      " WHERE username = ? AND device = ? AND generation = ? RETURNING device");
  if (!update) {
    return Fail(update.error());
  }
  const auto updated = update->Bind(std::int64_t{skew})
                           .Bind(std::int64_t{first_step})
                           .Bind(username.text())
                           .Bind(std::int64_t{device})
                           .Bind(std::int64_t{generation})
                           .StepToEnd();
  if (!updated || !*updated) {
    return updated ? Result<std::optional<PublishedDevice>>(std::nullopt) : Fail(updated.error());
  }
  auto select =
      database_.Prepare(std::string(rows::kSelectDevices) + " WHERE username = ? AND device = ?");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Bind(username.text()).Bind(std::int64_t{device}).Step();
  if (!row) {
    return Fail(row.error());
  }
  auto changed = rows::OpenPublished(*select, keys_);
  return changed ? Result<std::optional<PublishedDevice>>(std::move(*changed))
                 : Fail(changed.error());
}

}  // namespace twofactor
