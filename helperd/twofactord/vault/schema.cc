#include "helperd/twofactord/vault/schema.h"

#include <string>

namespace twofactor {
namespace {

// numbers: single values: the last generation handed out, the latest wall time seen, what
// auth.twofactor.update sets. key_check: a seal that only the vault's key opens. window_history:
// windows that were in force until `until` (seconds since 1970), for the birth rule. devices: one
// row a device; `slot` is its place in the live store.
constexpr const char* kSchema = R"sql(
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

Result<std::int64_t> ReadVersion(Database& database) {
  auto statement = database.Prepare("PRAGMA user_version");
  if (!statement) {
    return Fail(statement.error());
  }
  if (const auto row = statement->Step(); !row) {
    return Fail(row.error());
  }
  return statement->Integer(0);
}

}  // namespace

Result<void> PrepareSchema(Database& database) {
  const auto version = ReadVersion(database);
  if (!version) {
    return Fail(version.error());
  }
  if (*version > kSchemaVersion) {
    return Fail(ErrorCode::kUnknownVersion,
                "the vault was written by a newer twofactord (schema " + std::to_string(*version) +
                    ", this one knows " + std::to_string(kSchemaVersion) +
                    "): install that version again; nothing was changed");
  }
  return *version == kSchemaVersion ? Result<void>() : database.Execute(kSchema);
}

}  // namespace twofactor
