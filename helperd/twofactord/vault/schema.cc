#include "helperd/twofactord/vault/schema.h"

#include <array>
#include <string>

namespace twofactor {
namespace {

// Version 1.
//
// numbers: single values: the last generation handed out, the latest wall time seen, what
// auth.twofactor.update sets. key_check: a seal that only the vault's key opens. window_history:
// windows that were in force until `until` (seconds since 1970), for the birth rule. devices: one
// row a device; `slot` is its place in the live store.
constexpr const char* kFirstTables = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE numbers (
  name TEXT PRIMARY KEY NOT NULL,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE key_check (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sealed BLOB NOT NULL
) STRICT;
CREATE TABLE window_history (
  until INTEGER NOT NULL,
  window INTEGER NOT NULL
) STRICT;
CREATE TABLE devices (
  username TEXT NOT NULL,
  device INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  slot INTEGER NOT NULL UNIQUE,
  generation INTEGER NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  algorithm INTEGER NOT NULL,
  digits INTEGER NOT NULL,
  interval INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (username, device)
) STRICT, WITHOUT ROWID;
CREATE TABLE free_slots (
  slot INTEGER PRIMARY KEY
) STRICT;
PRAGMA user_version = 1;
COMMIT;
)sql";

// Version 2: HOTP devices (`counter` is the next that is accepted), recovery codes as keyed hashes,
// labels, clock skews in steps, the first step that a device accepts. sealed_keys: keys that the
// vault's key seals, so that it can be changed. enrollment: when a user without a factor was first
// asked to enrol.
constexpr const char* kDevicesOfEveryKind = R"sql(
BEGIN IMMEDIATE;
ALTER TABLE devices ADD COLUMN kind INTEGER NOT NULL DEFAULT 1;
ALTER TABLE devices ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE devices ADD COLUMN skew INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN first_step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN counter INTEGER NOT NULL DEFAULT 0;
CREATE TABLE recovery_codes (
  username TEXT NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (username, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE sealed_keys (
  name TEXT PRIMARY KEY NOT NULL,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE enrollment (
  username TEXT PRIMARY KEY NOT NULL,
  uid INTEGER NOT NULL,
  first_asked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 2;
COMMIT;
)sql";

// Version 3: a user's recovery codes may be hashed with a key that came with a backup; `key` is its
// name among the sealed_keys.
constexpr const char* kRecoveryCodesOfOtherKeys = R"sql(
BEGIN IMMEDIATE;
ALTER TABLE recovery_codes ADD COLUMN key TEXT NOT NULL DEFAULT 'recovery codes';
PRAGMA user_version = 3;
COMMIT;
)sql";

// Version 4: users whom an administrator lets in without a code for a while. `sealed` holds
// nothing: it makes sure that nobody without the key changed the row, or wrote it.
constexpr const char* kBypasses = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE bypasses (
  username TEXT PRIMARY KEY NOT NULL,
  uid INTEGER NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  by_uid INTEGER NOT NULL,
  by_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 4;
COMMIT;
)sql";

// Version 5: a change of the key that is under way (docs/keys.md), in one row or none. `next` is
// the new key, sealed with the former one, and `former` the former one, sealed with the new one.
constexpr const char* kRekey = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE rekey (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  next BLOB NOT NULL,
  former BLOB NOT NULL
) STRICT;
PRAGMA user_version = 5;
COMMIT;
)sql";

// Version 6: users whom the system no longer knows, by name and uid: since when (seconds since
// 1970), when they were last looked for, and the seconds between such looks, added up.
constexpr const char* kStaleUsers = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE stale_users (
  username TEXT NOT NULL,
  uid INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  stale_for INTEGER NOT NULL,
  PRIMARY KEY (username, uid)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 6;
COMMIT;
)sql";

// Version 7: from where users logged in before: a keyed hash of each origin, and the day (since
// 1970, UTC) of the last login from it. The key is among the sealed_keys.
constexpr const char* kKnownOrigins = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE known_origins (
  username TEXT NOT NULL,
  uid INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  day INTEGER NOT NULL,
  PRIMARY KEY (username, uid, hash)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 7;
COMMIT;
)sql";

// Version 8: what was used of secrets and recovery codes that the vault gave up, for when one comes
// back. past_secrets: a keyed hash of the secret (of the key "past secrets" among the sealed_keys),
// and the first step, or the counter, that is unused; `interval` is 0 for HOTP.
// past_recovery_codes: `used` is 1 for a code that opened a login, 0 for one of a list that its
// user replaced. Both: `given_up` in seconds since 1970, `number` in the order of it. past_dropped:
// until when such rows of a user were dropped, for want of room.
//
// Of what an older vault gave up nothing is known: it remembers since when it is. The daemon noted
// the time at least once a minute.
constexpr const char* kPastUses = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE past_secrets (
  username TEXT NOT NULL,
  hash BLOB NOT NULL,
  kind INTEGER NOT NULL,
  interval INTEGER NOT NULL,
  skew INTEGER NOT NULL,
  first_step INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  given_up INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (username, hash, kind, interval)
) STRICT, WITHOUT ROWID;
CREATE TABLE past_recovery_codes (
  username TEXT NOT NULL,
  key TEXT NOT NULL,
  hash BLOB NOT NULL,
  used INTEGER NOT NULL,
  given_up INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (username, key, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE past_dropped (
  username TEXT PRIMARY KEY NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO numbers (name, value)
  SELECT 'uses_known_since', value + 60 FROM numbers WHERE name = 'latest_seen';
PRAGMA user_version = 8;
COMMIT;
)sql";

// Version 9: clocks are set, and order is what counts. own_backups: the last backups that were
// begun here, and the number in the order of past_secrets that was the last one by then.
// past_dropped: `number` is that of the last row that was dropped. numbers: `set_back_at` is the
// time at which the clock was set back last.
constexpr const char* kOrderOfBackups = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE own_backups (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  past_number INTEGER NOT NULL
) STRICT;
ALTER TABLE past_dropped ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE past_dropped SET number = (SELECT value FROM numbers WHERE name = 'past_number');
INSERT INTO numbers (name, value)
  SELECT 'set_back_at', value FROM numbers WHERE name = 'latest_seen';
PRAGMA user_version = 9;
COMMIT;
)sql";

// What brings a vault from each version to the next.
constexpr std::array kSteps = {kFirstTables,
                               kDevicesOfEveryKind,
                               kRecoveryCodesOfOtherKeys,
                               kBypasses,
                               kRekey,
                               kStaleUsers,
                               kKnownOrigins,
                               kPastUses,
                               kOrderOfBackups};
static_assert(kSteps.size() == kSchemaVersion);

}  // namespace

Result<std::int64_t> SchemaVersion(Database& database) {
  auto statement = database.Prepare("PRAGMA user_version");
  if (!statement) {
    return Fail(statement.error());
  }
  if (const auto row = statement->Step(); !row) {
    return Fail(row.error());
  }
  return statement->Integer(0);
}

Result<void> PrepareSchema(Database& database) {
  const auto version = SchemaVersion(database);
  if (!version) {
    return Fail(version.error());
  }
  if (*version > kSchemaVersion) {
    return Fail(ErrorCode::kUnknownVersion,
                "the vault was written by a newer twofactord (schema " + std::to_string(*version) +
                    ", this one knows " + std::to_string(kSchemaVersion) +
                    "): install that version again; nothing was changed");
  }
  for (auto next = static_cast<std::size_t>(*version); next < kSteps.size(); ++next) {
    if (const auto made = database.Execute(kSteps[next]); !made) {
      return made;
    }
  }
  return {};
}

}  // namespace twofactor
