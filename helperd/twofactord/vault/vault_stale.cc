#include <utility>

#include "helperd/twofactord/vault/recovery_key.h"
#include "helperd/twofactord/vault/stale_note.h"
#include "helperd/twofactord/vault/vault.h"
#include "helperd/twofactord/vault/vault_rows.h"

// Users of whom the vault keeps something, and whom the system may no longer know.
namespace twofactor {
namespace {

StaleNote NoteAt(const Statement& row, int first_column) {
  return {rows::ToWallTime(row.Integer(first_column)),
          rows::ToWallTime(row.Integer(first_column + 1)),
          std::chrono::seconds(row.Integer(first_column + 2))};
}

}  // namespace

Result<std::vector<VaultUser>> Vault::ListUsers(const std::string& after, std::size_t most) {
  auto names = database_.Prepare(
      "SELECT * FROM (SELECT DISTINCT username FROM devices WHERE username > ?1"
      " ORDER BY username LIMIT ?2)"
      " UNION SELECT * FROM (SELECT username FROM enrollment WHERE username > ?1"
      " ORDER BY username LIMIT ?2)"
      " ORDER BY username LIMIT ?2");
  if (!names) {
    return Fail(names.error());
  }
  names->Bind(after).Bind(static_cast<std::int64_t>(most));
  std::vector<VaultUser> users;
  while (users.size() < most) {
    const auto row = names->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    if (const auto added = AddUsersOfName(std::string(names->Text(0)), users); !added) {
      return Fail(added.error());
    }
  }
  return users;
}

Result<void> Vault::AddUsersOfName(const std::string& username, std::vector<VaultUser>& users) {
  const auto name = Username::Parse(username);
  if (!name) {
    return Fail(ErrorCode::kCorrupt, "the vault holds a name that cannot be");
  }
  auto select = database_.Prepare(
      "SELECT known.uid, SUM(known.device), stale.first_seen, stale.last_seen, stale.stale_for,"
      " stale.uid IS NOT NULL"
      " FROM (SELECT uid, device < ?2 AS device FROM devices WHERE username = ?1"
      " UNION ALL SELECT uid, 0 FROM enrollment WHERE username = ?1) AS known"
      " LEFT JOIN stale_users AS stale ON stale.username = ?1 AND stale.uid = known.uid"
      " GROUP BY known.uid ORDER BY known.uid");
  if (!select) {
    return Fail(select.error());
  }
  select->Bind(username).Bind(std::int64_t{kMaxDevices});
  for (;;) {
    const auto row = select->Step();
    if (!row || !*row) {
      return row ? Result<void>() : Fail(row.error());
    }
    users.push_back({*name, static_cast<uid_t>(select->Integer(0)),
                     static_cast<std::uint64_t>(select->Integer(1)),
                     select->Integer(5) != 0 ? std::optional(NoteAt(*select, 2)) : std::nullopt});
  }
}

Result<StaleNote> Vault::NoteStale(const Username& username, uid_t uid, WallTime now) {
  auto select = database_.Prepare(
      "SELECT first_seen, last_seen, stale_for FROM stale_users WHERE username = ? AND uid = ?");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Bind(username.text()).Bind(std::int64_t{uid}).Step();
  if (!row) {
    return Fail(row.error());
  }
  const auto note = NotedAgain(*row ? std::optional(NoteAt(*select, 0)) : std::nullopt, now);
  auto put = database_.Prepare(
      "INSERT OR REPLACE INTO stale_users (username, uid, first_seen, last_seen, stale_for)"
      " VALUES (?, ?, ?, ?, ?)");
  if (!put) {
    return Fail(put.error());
  }
  const auto written = put->Bind(username.text())
                           .Bind(std::int64_t{uid})
                           .Bind(note.first_seen.time_since_epoch().count())
                           .Bind(note.last_seen.time_since_epoch().count())
                           .Bind(note.stale_for.count())
                           .Run();
  return written ? Result<StaleNote>(note) : Fail(written.error());
}

Result<void> Vault::ForgetStale(const Username& username, uid_t uid) {
  auto erase = database_.Prepare("DELETE FROM stale_users WHERE username = ? AND uid = ?");
  return erase ? erase->Bind(username.text()).Bind(std::int64_t{uid}).Run() : Fail(erase.error());
}

Result<std::vector<RemovedDevice>> Vault::ForgetUser(const Username& username, uid_t uid) {
  const auto devices = ReadDevices(username, uid);
  if (!devices) {
    return Fail(devices.error());
  }
  std::vector<RemovedDevice> removed;
  for (const DeviceInfo& device : *devices) {
    const auto gone = RemoveDevice(username, uid, device.device);
    if (!gone) {
      return Fail(gone.error());
    }
    if (*gone) {
      removed.push_back(**gone);
    }
  }
  auto bypass = database_.Prepare("DELETE FROM bypasses WHERE username = ? AND uid = ?");
  auto asked = database_.Prepare("DELETE FROM enrollment WHERE username = ? AND uid = ?");
  if (!bypass || !asked) {
    return Fail(bypass ? asked.error() : bypass.error());
  }
  const auto ended = bypass->Bind(username.text()).Bind(std::int64_t{uid}).Run();
  if (!ended) {
    return Fail(ended.error());
  }
  const auto forgotten = asked->Bind(username.text()).Bind(std::int64_t{uid}).Run();
  const auto unnoted = forgotten ? ForgetStale(username, uid) : forgotten;
  return unnoted ? Result<std::vector<RemovedDevice>>(std::move(removed)) : Fail(unnoted.error());
}

Result<std::vector<uid_t>> Vault::OtherUidsOf(const Username& username, uid_t uid) {
  auto select = database_.Prepare(
      "SELECT uid FROM devices WHERE username = ?1 AND uid <> ?2"
      " UNION SELECT uid FROM enrollment WHERE username = ?1 AND uid <> ?2");
  if (!select) {
    return Fail(select.error());
  }
  select->Bind(username.text()).Bind(std::int64_t{uid});
  std::vector<uid_t> uids;
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      return uids;
    }
    uids.push_back(static_cast<uid_t>(select->Integer(0)));
  }
}

Result<std::vector<RemovedDevice>> Vault::ForgetOthersOfName(const Username& username, uid_t uid) {
  const auto uids = OtherUidsOf(username, uid);
  if (!uids) {
    return Fail(uids.error());
  }
  std::vector<RemovedDevice> removed;
  for (const uid_t other : *uids) {
    const auto gone = ForgetUser(username, other);
    if (!gone) {
      return Fail(gone.error());
    }
    removed.insert(removed.end(), gone->begin(), gone->end());
  }
  return removed;
}

Result<std::uint64_t> Vault::RemoveUnusedRecoveryKeys() {
  auto erase = database_.Prepare(
      "DELETE FROM sealed_keys WHERE substr(name, 1, length(?1) + 1) = ?1 || ' '"
      " AND name NOT IN (SELECT key FROM recovery_codes)"
      " AND name NOT IN (SELECT key FROM past_recovery_codes) RETURNING name");
  if (!erase) {
    return Fail(erase.error());
  }
  erase->Bind(kOwnRecoveryKey);
  for (std::uint64_t removed = 0;; ++removed) {
    const auto row = erase->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      return removed;
    }
  }
}

}  // namespace twofactor
