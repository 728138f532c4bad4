#include "helperd/twofactord/vault/vault.h"

#include <sys/stat.h>

#include <limits>

#include "helperd/twofactord/vault/schema.h"
#include "helperd/twofactord/vault/sealing.h"
#include "helperd/twofactord/vault/vault_rows.h"

namespace twofactor {
namespace {

constexpr std::string_view kGeneration = "generation";
constexpr std::string_view kSlots = "slots";
constexpr std::string_view kLatestSeen = "latest_seen";
constexpr std::string_view kSetBackAt = "set_back_at";
constexpr std::string_view kEnabled = "enabled";
constexpr std::string_view kSsh = "ssh";
constexpr std::string_view kWindow = "window";

SealIdentity KeyCheckIdentity() { return SealIdentity("twofactor key check"); }

std::optional<FileIdentity> IdentifyFile(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0
             ? std::optional(FileIdentity{status.st_dev, status.st_ino})
             : std::nullopt;
}

Error HoldsNothing() {
  return Error(ErrorCode::kCorrupt,
               "this file holds no vault: restore it from a backup; nothing was"
               " changed");
}

}  // namespace

Result<Vault> Vault::Prepare(const std::string& path, Database database, VaultKey key,
                             IfNew if_new) {
  const auto version = SchemaVersion(database);
  if (!version) {
    return Fail(version.error().Under(path));
  }
  if (*version == 0 && if_new == IfNew::kFail) {
    return Fail(HoldsNothing().Under(path));
  }
  if (const auto prepared = PrepareSchema(database); !prepared) {
    return Fail(prepared.error().Under(path));
  }
  auto changed_users = ChangedUsers::Watch(database);
  if (!changed_users) {
    return Fail(changed_users.error().Under(path));
  }
  Vault vault(path, std::move(database), std::move(key), std::move(*changed_users));
  if (const auto checked = vault.CheckKey(if_new); !checked) {
    return Fail(checked.error().Under(path));
  }
  return vault;
}

Result<Vault> Vault::Open(const std::string& path, VaultKey key) {
  auto database = Database::Open(path);
  auto vault = database ? Prepare(path, std::move(*database), std::move(key), IfNew::kMake)
                        : Fail(database.error());
  if (vault) {
    vault->BeginToWrite();
  }
  return vault;
}

Result<Vault> Vault::OpenExisting(const std::string& path, VaultKey key) {
  auto database = Database::Open(path, Database::IfAbsent::kFail);
  auto vault = database ? Prepare(path, std::move(*database), std::move(key), IfNew::kFail)
                        : Fail(database.error());
  if (vault) {
    vault->BeginToWrite();
  }
  return vault;
}

Result<Vault> Vault::OpenReadOnly(const std::string& path, VaultKey key, const std::string& copy,
                                  const std::string& why) {
  auto database = Database::OpenCopy(path, copy);
  auto vault = database ? Prepare(path, std::move(*database), std::move(key), IfNew::kFail)
                        : Fail(database.error());
  if (!vault) {
    return vault;
  }
  vault->read_only_because_ = why;
  const auto refused = vault->database_.RefuseChanges(why);
  return refused ? std::move(vault) : Fail(refused.error());
}

void Vault::BeginToWrite() {
  file_ = IdentifyFile(path_);
  // What a process that was killed has left of the former key. A full disk keeps nobody out.
  static_cast<void>(EraseFormerKey());
}

bool Vault::CanBeWrittenNow() const {
  return OpenExisting(path_, keys_.current.Clone()).has_value();
}

Result<void> Vault::Begin() {
  if (!read_only_because_.empty()) {
    // For those who read.
    return database_.Run("BEGIN");
  }
  if (IdentifyFile(path_) != file_) {
    return Fail(ErrorCode::kUnavailable, "the vault is no longer at " + path_ +
                                             ": put it back, or mount its disk, and restart"
                                             " twofactord; nothing was changed");
  }
  return database_.Run("BEGIN IMMEDIATE");
}

Error Vault::WrongKey() {
  return Error(ErrorCode::kNotPermitted,
               "this vault was sealed with another key: give the daemon the key that it was made"
               " with; nothing was changed");
}

Result<void> Vault::CheckKey(IfNew if_new) {
  const auto rekeying = TakeKeysOfRekey();
  if (!rekeying || *rekeying) {
    return rekeying ? Result<void>() : Fail(rekeying.error());
  }
  auto select = database_.Prepare("SELECT sealed FROM key_check");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Step();
  if (!row) {
    return Fail(row.error());
  }
  if (*row) {
    if (Unseal(keys_, KeyCheckIdentity(), select->Blob(0))) {
      return {};
    }
    return Fail(WrongKey());
  }
  return if_new == IfNew::kMake ? PutKeyCheck() : Fail(HoldsNothing());
}

Result<void> Vault::PutKeyCheck() {
  const auto sealed = Seal(keys_, KeyCheckIdentity(), SecretBytes(1));
  if (!sealed) {
    return Fail(sealed.error());
  }
  auto put = database_.Prepare("INSERT OR REPLACE INTO key_check (id, sealed) VALUES (1, ?)");
  return put ? put->Bind(std::span<const std::uint8_t>(sealed->bytes)).Run() : Fail(put.error());
}

Result<VaultSettings> Vault::LoadSettings() {
  const VaultSettings shipped;
  const auto enabled = ReadNumber(kEnabled, shipped.enabled ? 1 : 0);
  const auto ssh = ReadNumber(kSsh, shipped.ssh ? 1 : 0);
  const auto window = ReadNumber(kWindow, shipped.window);
  if (!enabled || !ssh || !window) {
    return Fail(ErrorCode::kUnavailable, "read the vault's settings");
  }
  if (*window < 0 || *window > kMaxWindow) {
    return Fail(ErrorCode::kCorrupt, "the vault holds a window that cannot be");
  }
  return VaultSettings{*enabled != 0, *ssh != 0, static_cast<int>(*window)};
}

Result<std::vector<FormerWindow>> Vault::LoadFormerWindows() {
  auto select = database_.Prepare("SELECT until, window FROM window_history");
  if (!select) {
    return Fail(select.error());
  }
  std::vector<FormerWindow> windows;
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      return windows;
    }
    windows.push_back({rows::ToWallTime(select->Integer(0)), static_cast<int>(select->Integer(1))});
  }
}

Result<WallTime> Vault::LatestSeen() {
  const auto seconds = ReadNumber(kLatestSeen, 0);
  return seconds ? Result<WallTime>(rows::ToWallTime(*seconds)) : Fail(seconds.error());
}

Result<WallTime> Vault::SetBackAt() {
  const auto seconds = ReadNumber(kSetBackAt, 0);
  return seconds ? Result<WallTime>(rows::ToWallTime(*seconds)) : Fail(seconds.error());
}

Result<void> Vault::PutSettings(const VaultSettings& settings, WallTime now) {
  const auto current = LoadSettings();
  if (!current) {
    return Fail(current.error());
  }
  if (settings.window < current->window) {
    auto insert = database_.Prepare("INSERT INTO window_history (until, window) VALUES (?, ?)");
    if (!insert) {
      return Fail(insert.error());
    }
    const auto noted =
        insert->Bind(now.time_since_epoch().count()).Bind(std::int64_t{current->window}).Run();
    if (!noted) {
      return noted;
    }
  }
  if (const auto written = WriteNumber(kEnabled, settings.enabled ? 1 : 0); !written) {
    return written;
  }
  if (const auto written = WriteNumber(kSsh, settings.ssh ? 1 : 0); !written) {
    return written;
  }
  return WriteNumber(kWindow, settings.window);
}

Result<void> Vault::NoteSeen(WallTime now) {
  const auto seen = LatestSeen();
  if (!seen) {
    return Fail(seen.error());
  }
  if (*seen > now + kAgeOfNotes) {
    const auto noted = WriteNumber(kSetBackAt, now.time_since_epoch().count());
    if (!noted) {
      return noted;
    }
  }
  return WriteNumber(kLatestSeen, now.time_since_epoch().count());
}

Result<std::optional<WallTime>> Vault::FindFirstAsked(const Username& username, uid_t uid) {
  auto select =
      database_.Prepare("SELECT first_asked FROM enrollment WHERE username = ? AND uid = ?");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Bind(username.text()).Bind(std::int64_t{uid}).Step();
  if (!row) {
    return Fail(row.error());
  }
  return *row ? std::optional(rows::ToWallTime(select->Integer(0))) : std::nullopt;
}

Result<void> Vault::PutFirstAsked(const Username& username, uid_t uid, WallTime first_asked) {
  auto put = database_.Prepare(
      "INSERT OR REPLACE INTO enrollment (username, uid, first_asked) VALUES (?, ?, ?)");
  return put ? put->Bind(username.text())
                   .Bind(std::int64_t{uid})
                   .Bind(first_asked.time_since_epoch().count())
                   .Run()
             : Fail(put.error());
}

Result<WallTime> Vault::FirstAskedToEnrol(const Username& username, uid_t uid, WallTime now) {
  const auto known = FindFirstAsked(username, uid);
  if (!known) {
    return Fail(known.error());
  }
  if (*known && **known <= now) {
    return **known;
  }
  // Read-only, each time is the first: nobody is locked out for what cannot be noted.
  const auto written =
      read_only_because_.empty() ? PutFirstAsked(username, uid, now) : Result<void>();
  return written ? Result<WallTime>(now) : Fail(written.error());
}

Result<std::int64_t> Vault::ReadNumber(std::string_view name, std::int64_t absent) {
  auto select = database_.Prepare("SELECT value FROM numbers WHERE name = ?");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Bind(name).Step();
  if (!row) {
    return Fail(row.error());
  }
  return *row ? select->Integer(0) : absent;
}

Result<void> Vault::WriteNumber(std::string_view name, std::int64_t value) {
  auto put = database_.Prepare("INSERT OR REPLACE INTO numbers (name, value) VALUES (?, ?)");
  return put ? put->Bind(name).Bind(value).Run() : Fail(put.error());
}

Result<std::uint32_t> Vault::LastGeneration() {
  const auto last = ReadNumber(kGeneration, 0);
  if (!last) {
    return Fail(last.error());
  }
  if (*last < 0 || *last > std::numeric_limits<std::uint32_t>::max()) {
    return Fail(ErrorCode::kCorrupt, "the vault's last generation cannot be");
  }
  return static_cast<std::uint32_t>(*last);
}

Result<std::uint32_t> Vault::NextGeneration() {
  const auto last = LastGeneration();
  if (!last) {
    return Fail(last.error());
  }
  if (*last == std::numeric_limits<std::uint32_t>::max()) {
    return Fail(ErrorCode::kTooLarge, "the vault has handed out every generation that it has");
  }
  const std::uint32_t next = *last + 1;
  const auto written = WriteNumber(kGeneration, next);
  return written ? Result<std::uint32_t>(next) : Fail(written.error());
}

Result<std::uint64_t> Vault::SlotFor(const Username& username, std::uint32_t device) {
  auto own = database_.Prepare("SELECT slot FROM devices WHERE username = ? AND device = ?");
  if (!own) {
    return Fail(own.error());
  }
  const auto row = own->Bind(username.text()).Bind(std::int64_t{device}).Step();
  if (!row) {
    return Fail(row.error());
  }
  if (*row) {
    return static_cast<std::uint64_t>(own->Integer(0));
  }
  return TakeFreeSlot();
}

Result<std::uint64_t> Vault::TakeFreeSlot() {
  auto take = database_.Prepare(
      "DELETE FROM free_slots WHERE slot = (SELECT MIN(slot) FROM free_slots) RETURNING slot");
  if (!take) {
    return Fail(take.error());
  }
  const auto taken = take->Step();
  if (!taken) {
    return Fail(taken.error());
  }
  if (*taken) {
    const auto slot = static_cast<std::uint64_t>(take->Integer(0));
    const auto ended = take->Step();
    return ended ? Result<std::uint64_t>(slot) : Fail(ended.error());
  }
  const auto slots = ReadNumber(kSlots, 0);
  if (!slots) {
    return Fail(slots.error());
  }
  const auto written = WriteNumber(kSlots, *slots + 1);
  return written ? Result<std::uint64_t>(static_cast<std::uint64_t>(*slots))
                 : Fail(written.error());
}

}  // namespace twofactor
