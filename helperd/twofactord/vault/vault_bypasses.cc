#include <limits>
#include <utility>

#include "helperd/twofactord/vault/sealing.h"
#include "helperd/twofactord/vault/vault.h"
#include "helperd/twofactord/vault/vault_rows.h"

// The users whom an administrator lets in without a code for a while.
namespace twofactor {
namespace {

constexpr std::string_view kSelect =
    "SELECT username, uid, since, until, by_uid, by_name, reason, sealed FROM bypasses";

// All of a row: whoever may write the file and has not the key can end a bypass, and neither make
// one nor make one longer. An older row of the same user, put back, ends when it would have.
SealIdentity IdentityOf(const StoredBypass& bypass) {
  SealIdentity identity("twofactor bypass");
  identity.Add(bypass.username.text())
      .Add(bypass.uid)
      .Add(static_cast<std::uint64_t>(bypass.since.time_since_epoch().count()))
      .Add(static_cast<std::uint64_t>(bypass.until.time_since_epoch().count()))
      .Add(bypass.by_uid)
      .Add(bypass.by_name)
      .Add(bypass.reason);
  return identity;
}

// None where the row is not ours.
std::optional<StoredBypass> OpenRow(const Statement& row, const KeyRing& keys) {
  auto username = Username::Parse(row.Text(0));
  if (!username) {
    return std::nullopt;
  }
  StoredBypass bypass{.username = std::move(*username),
                      .uid = static_cast<uid_t>(row.Integer(1)),
                      .since = rows::ToWallTime(row.Integer(2)),
                      .until = rows::ToWallTime(row.Integer(3)),
                      .by_uid = static_cast<uid_t>(row.Integer(4)),
                      .by_name = std::string(row.Text(5)),
                      .reason = std::string(row.Text(6))};
  return Unseal(keys, IdentityOf(bypass), row.Blob(7)) ? std::optional(std::move(bypass))
                                                       : std::nullopt;
}

}  // namespace

Result<Vault::LoadedBypasses> Vault::LoadBypasses() {
  auto select = database_.Prepare(std::string(kSelect) + " ORDER BY username");
  if (!select) {
    return Fail(select.error());
  }
  LoadedBypasses loaded;
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    if (auto bypass = OpenRow(*select, keys_)) {
      loaded.bypasses.push_back(std::move(*bypass));
    } else {
      loaded.refused.emplace_back(select->Text(0));
    }
  }
  if (!read_only_because_.empty()) {
    return loaded;
  }
  for (const std::string& name : loaded.refused) {
    auto erase = database_.Prepare("DELETE FROM bypasses WHERE username = ?");
    const auto erased = erase ? erase->Bind(name).Run() : Fail(erase.error());
    if (!erased) {
      return Fail(erased.error());
    }
  }
  return loaded;
}

Result<void> Vault::PutBypass(const StoredBypass& bypass) { return PutBypass(bypass, keys_); }

Result<void> Vault::MoveBypasses(const KeyRing& keys) {
  const auto loaded = LoadBypasses();
  if (!loaded) {
    return Fail(loaded.error());
  }
  for (const StoredBypass& bypass : loaded->bypasses) {
    if (const auto put = PutBypass(bypass, keys); !put) {
      return put;
    }
  }
  return {};
}

Result<void> Vault::PutBypass(const StoredBypass& bypass, const KeyRing& keys) {
  const auto sealed = Seal(keys, IdentityOf(bypass), SecretBytes());
  if (!sealed) {
    return Fail(sealed.error());
  }
  auto put = database_.Prepare(
      "INSERT OR REPLACE INTO bypasses (username, uid, since, until, by_uid, by_name, reason,"
      " sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  return put ? put->Bind(bypass.username.text())
                   .Bind(std::int64_t{bypass.uid})
                   .Bind(bypass.since.time_since_epoch().count())
                   .Bind(bypass.until.time_since_epoch().count())
                   .Bind(std::int64_t{bypass.by_uid})
                   .Bind(bypass.by_name)
                   .Bind(bypass.reason)
                   .Bind(std::span<const std::uint8_t>(sealed->bytes))
                   .Run()
             : Fail(put.error());
}

Result<bool> Vault::EndBypass(const Username& username, std::optional<WallTime> until) {
  auto erase = database_.Prepare(
      "DELETE FROM bypasses WHERE username = ?1 AND until BETWEEN ?2 AND ?3 RETURNING username");
  using Limits = std::numeric_limits<std::int64_t>;
  return erase ? erase->Bind(username.text())
                     .Bind(until ? until->time_since_epoch().count() : Limits::min())
                     .Bind(until ? until->time_since_epoch().count() : Limits::max())
                     .StepToEnd()
               : Fail(erase.error());
}

}  // namespace twofactor
