#include <algorithm>

#include "helperd/twofactord/vault/vault.h"
#include "helperd/twofactord/vault/vault_rows.h"

// Of which backups and lists the vault knows all that was used since.
namespace twofactor {
namespace {

// A number of the vault: what was used before that moment (seconds since 1970) of what the vault
// had given up by then is not known. Vaults that were made with this table know all, and have none.
constexpr std::string_view kUsesKnownSince = "uses_known_since";

}  // namespace

Result<std::int64_t> Vault::LastDropped(const Username& username) {
  auto select = database_.Prepare("SELECT number FROM past_dropped WHERE username = ?");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Bind(username.text()).Step();
  return row ? Result<std::int64_t>(*row ? select->Integer(0) : 0) : Fail(row.error());
}

Result<void> Vault::NoteBackup(const std::string& id) {
  const auto last = LastPastNumber();
  auto put = database_.Prepare("INSERT INTO own_backups (id, past_number) VALUES (?, ?)");
  auto forget = database_.Prepare(
      "DELETE FROM own_backups WHERE number <= (SELECT MAX(number) FROM own_backups) - ?");
  if (!last || !put || !forget) {
    return Fail(ErrorCode::kUnavailable, "note in the vault that a backup is begun");
  }
  const auto written = put->Bind(id).Bind(*last).Run();
  return written ? forget->Bind(static_cast<std::int64_t>(kMaxOwnBackups)).Run() : written;
}

// None of a backup that was not begun here, or too long ago.
Result<std::optional<std::int64_t>> Vault::PastNumberOf(const std::string& backup) {
  auto select = database_.Prepare("SELECT past_number FROM own_backups WHERE id = ?");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Bind(backup).Step();
  if (!row) {
    return Fail(row.error());
  }
  return *row ? std::optional(select->Integer(0)) : std::nullopt;
}

Result<WallTime> Vault::UsesKnownSince(const Username& username) {
  const auto all = ReadNumber(kUsesKnownSince, 0);
  auto select = database_.Prepare("SELECT until FROM past_dropped WHERE username = ?");
  if (!all || !select) {
    return Fail(all ? select.error() : all.error());
  }
  const auto row = select->Bind(username.text()).Step();
  const auto set_back = SetBackAt();
  if (!row || !set_back) {
    return Fail(row ? set_back.error() : row.error());
  }
  // A backup of the very second may hold it still.
  const WallTime own = *row ? rows::ToWallTime(select->Integer(0) + 1) : WallTime{};
  return std::max(AtTheLatest(rows::ToWallTime(*all), *set_back), AtTheLatest(own, *set_back));
}

WallTime Vault::AtTheLatest(WallTime noted, WallTime set_back) const {
  const bool ahead = uses_ && noted > Now() + kAgeOfNotes;
  return ahead && set_back != WallTime{} ? set_back + std::chrono::seconds(1) : noted;
}

Result<bool> Vault::KnowsUsesSince(const Username& username, WallTime then) {
  const auto since = UsesKnownSince(username);
  if (!since) {
    return Fail(since.error());
  }
  const bool to_come = uses_ && then > Now();
  return *since == WallTime{} || (then >= *since && !to_come);
}

Result<bool> Vault::KnowsUsesSince(const Username& username, const BackupMark& backup) {
  const auto number = PastNumberOf(backup.id);
  if (!number) {
    return Fail(number.error());
  }
  if (!*number) {
    return KnowsUsesSince(username, backup.created);
  }
  const auto dropped = LastDropped(username);
  return dropped ? Result<bool>(**number >= *dropped) : Fail(dropped.error());
}

}  // namespace twofactor
