#include <utility>

#include "helperd/twofactord/vault/recovery_key.h"
#include "helperd/twofactord/vault/sealing.h"
#include "helperd/twofactord/vault/vault.h"
#include "helperd/twofactord/vault/vault_rows.h"

// The change of the vault's key. Why a kill at any instruction loses nothing is in docs/keys.md.
namespace twofactor {
namespace {

// A number of the vault: 1 from the end of a rekey until no byte of the former key's is left.
constexpr std::string_view kFormerKeyRemains = "former_key_remains";

SealIdentity NextKeyIdentity() { return SealIdentity("twofactor next key"); }
SealIdentity FormerKeyIdentity() { return SealIdentity("twofactor former key"); }

Result<VaultKey> OpenKey(const VaultKey& with, const SealIdentity& identity,
                         std::span<const std::uint8_t> sealed) {
  auto bytes = Unseal(with, identity, sealed);
  return bytes ? VaultKey::FromBytes(std::move(*bytes)) : Fail(bytes.error());
}

Error NotUnderWay() {
  return Error(ErrorCode::kConflict, "no change of the key is under way (rekey.start begins one)");
}

}  // namespace

Result<bool> Vault::TakeKeysOfRekey() {
  auto select = database_.Prepare("SELECT next, former FROM rekey");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Step();
  if (!row || !*row) {
    return row ? Result<bool>(false) : Fail(row.error());
  }
  if (auto next = OpenKey(keys_.current, NextKeyIdentity(), select->Blob(0))) {
    keys_.former = std::exchange(keys_.current, std::move(*next));
    return true;
  }
  if (auto former = OpenKey(keys_.current, FormerKeyIdentity(), select->Blob(1))) {
    keys_.former = std::move(*former);
    return true;
  }
  return Fail(WrongKey());
}

Result<std::uint64_t> Vault::CountDevices() {
  auto select = database_.Prepare("SELECT COUNT(*) FROM devices");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Step();
  return row ? Result<std::uint64_t>(static_cast<std::uint64_t>(select->Integer(0)))
             : Fail(row.error());
}

Result<StartedRekey> Vault::StartRekey(const VaultKey& in_place) {
  if (!keys_.Holds(in_place)) {
    return Fail(ErrorCode::kConflict,
                "the key that was found is not the one that the daemon was started with: nothing"
                " was changed");
  }
  const auto secrets = CountDevices();
  if (!secrets) {
    return Fail(secrets.error());
  }
  if (rekey_under_way()) {
    return StartedRekey{keys_.current.Clone(), true, *secrets};
  }
  auto next = VaultKey::Generate();
  if (!next) {
    return Fail(next.error());
  }
  KeyRing keys{std::move(*next), keys_.current.Clone()};
  if (const auto begun = BeginRekey(keys); !begun) {
    if (InTransaction()) {
      RollBack();
    }
    return Fail(begun.error().Under("begin to change the key"));
  }
  // Only now: what is sealed with the new key can be opened after a kill.
  keys_ = std::move(keys);
  return StartedRekey{keys_.current.Clone(), false, *secrets};
}

Result<void> Vault::BeginRekey(const KeyRing& keys) {
  const auto next = Seal(*keys.former, NextKeyIdentity(), keys.current.bytes());
  const auto former = Seal(keys.current, FormerKeyIdentity(), keys.former->bytes());
  if (!next || !former) {
    return Fail(next ? former.error() : next.error());
  }
  if (const auto begun = Begin(); !begun) {
    return begun;
  }
  auto insert = database_.Prepare("INSERT INTO rekey (id, next, former) VALUES (1, ?, ?)");
  if (!insert) {
    return Fail(insert.error());
  }
  const auto inserted = insert->Bind(std::span<const std::uint8_t>(next->bytes))
                            .Bind(std::span<const std::uint8_t>(former->bytes))
                            .Run();
  if (!inserted) {
    return inserted;
  }
  if (const auto moved = MoveSealedKeys(keys); !moved) {
    return moved;
  }
  if (const auto moved = MoveBypasses(keys); !moved) {
    return moved;
  }
  return Commit();
}

// There are few: the vault's own, and one for each other machine whose backup was restored.
Result<void> Vault::MoveSealedKeys(const KeyRing& keys) {
  auto select = database_.Prepare("SELECT name, sealed FROM sealed_keys");
  if (!select) {
    return Fail(select.error());
  }
  std::vector<std::pair<std::string, SealedSecret>> moved;
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    std::string name(select->Text(0));
    const SealIdentity identity = RecoveryKeyIdentity(name);
    const auto key = Unseal(keys, identity, select->Blob(1));
    auto sealed = key ? Seal(keys, identity, *key) : Fail(key.error());
    if (!sealed) {
      return Fail(sealed.error().Under("the key of recovery codes"));
    }
    moved.emplace_back(std::move(name), std::move(*sealed));
  }
  auto update = database_.Prepare("UPDATE sealed_keys SET sealed = ? WHERE name = ?");
  if (!update) {
    return Fail(update.error());
  }
  for (const auto& [name, sealed] : moved) {
    const auto written =
        update->Reset().Bind(std::span<const std::uint8_t>(sealed.bytes)).Bind(name).Run();
    if (!written) {
      return written;
    }
  }
  return {};
}

Result<MovedSeals> Vault::MoveSeals(const DevicePosition& after, int most) {
  if (!rekey_under_way()) {
    return Fail(NotUnderWay());
  }
  auto select = database_.Prepare(std::string(rows::kSelectDevices) +
                                  " WHERE (username, device) > (?, ?)"
                                  " ORDER BY username, device LIMIT ?");
  auto update =
      database_.Prepare("UPDATE devices SET sealed = ? WHERE username = ? AND device = ?");
  if (!select || !update) {
    return Fail(select ? update.error() : select.error());
  }
  select->Bind(after.username).Bind(after.device).Bind(std::int64_t{most});
  const KeyRing only_new{keys_.current.Clone()};
  MovedSeals moved{0, std::nullopt};
  std::vector<std::pair<DevicePosition, SealedSecret>> to_write;
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    ++moved.secrets;
    moved.next = DevicePosition{std::string(select->Text(0)), select->Integer(1)};
    if (rows::Open(*select, only_new)) {
      continue;
    }
    const auto opened = rows::Open(*select, keys_);
    auto sealed = opened ? Seal(keys_, rows::IdentityOf(opened->device), opened->secret)
                         : Fail(opened.error());
    if (!sealed) {
      return Fail(sealed.error().Under("change the key"));
    }
    to_write.emplace_back(*moved.next, std::move(*sealed));
  }
  for (const auto& [position, sealed] : to_write) {
    const auto written = update->Reset()
                             .Bind(std::span<const std::uint8_t>(sealed.bytes))
                             .Bind(position.username)
                             .Bind(position.device)
                             .Run();
    if (!written) {
      return Fail(written.error());
    }
  }
  if (moved.secrets < static_cast<std::uint64_t>(most)) {
    moved.next.reset();
  }
  return moved;
}

Result<void> Vault::FinishRekey(const VaultKey& in_place) {
  if (!keys_.current.Equals(in_place)) {
    return Fail(ErrorCode::kConflict,
                "the key that is in place is not the new one: the former key stays in force beside"
                " it");
  }
  if (!rekey_under_way()) {
    return EraseFormerKey();
  }
  if (const auto checked = CheckAllMoved(); !checked) {
    return checked;
  }
  // Seals of the former key are also where SQLite moved rows away from, which secure_delete does
  // not reach. Only a file that is written anew has none.
  if (const auto vacuumed = database_.Run("VACUUM"); !vacuumed) {
    return Fail(vacuumed.error().Under("write the vault anew (is its disk full?)"));
  }
  if (const auto emptied = EmptyLog(); !emptied) {
    return emptied;
  }
  if (const auto forgotten = ForgetFormerKey(); !forgotten) {
    if (InTransaction()) {
      RollBack();
    }
    return forgotten;
  }
  keys_.former.reset();
  return EraseFormerKey();
}

Result<void> Vault::ForgetFormerKey() {
  if (const auto begun = Begin(); !begun) {
    return begun;
  }
  if (const auto put = PutKeyCheck(); !put) {
    return put;
  }
  if (const auto erased = database_.Run("DELETE FROM rekey"); !erased) {
    return erased;
  }
  if (const auto noted = WriteNumber(kFormerKeyRemains, 1); !noted) {
    return noted;
  }
  return Commit();
}

Result<void> Vault::CheckAllMoved() {
  auto devices = database_.Prepare(rows::kSelectDevices);
  auto sealed_keys = database_.Prepare("SELECT name, sealed FROM sealed_keys");
  if (!devices || !sealed_keys) {
    return Fail(devices ? sealed_keys.error() : devices.error());
  }
  const KeyRing only_new{keys_.current.Clone()};
  for (;;) {
    const auto row = devices->Step();
    if (!row || !*row) {
      if (!row) {
        return Fail(row.error());
      }
      break;
    }
    if (const auto opened = rows::Open(*devices, only_new); !opened) {
      return Fail(ErrorCode::kConflict,
                  "not everything is sealed with the new key yet (rekey.next): " +
                      opened.error().message());
    }
  }
  for (;;) {
    const auto row = sealed_keys->Step();
    if (!row || !*row) {
      return row ? Result<void>() : Fail(row.error());
    }
    const SealIdentity identity = RecoveryKeyIdentity(sealed_keys->Text(0));
    if (!Unseal(only_new, identity, sealed_keys->Blob(1))) {
      return Fail(ErrorCode::kConflict, "a key of recovery codes is not sealed with the new key");
    }
  }
}

// The row of the rekey that was deleted is in the file until the log is copied over it.
Result<void> Vault::EraseFormerKey() {
  const auto remains = ReadNumber(kFormerKeyRemains, 0);
  if (!remains || *remains == 0) {
    return remains ? Result<void>() : Fail(remains.error());
  }
  const auto emptied = EmptyLog();
  return emptied ? WriteNumber(kFormerKeyRemains, 0) : emptied;
}

// Into the file with it all: SQLite would keep what is in the log until it writes over it.
Result<void> Vault::EmptyLog() {
  auto checkpoint = database_.Prepare("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!checkpoint) {
    return Fail(checkpoint.error());
  }
  const auto row = checkpoint->Step();
  if (!row) {
    return Fail(row.error().Under("empty the vault's log"));
  }
  if (checkpoint->Integer(0) != 0) {
    return Fail(ErrorCode::kUnavailable, "empty the vault's log: it is in use");
  }
  return {};
}

}  // namespace twofactor
