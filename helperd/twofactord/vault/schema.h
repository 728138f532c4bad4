#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_SCHEMA_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_SCHEMA_H_

#include <cstdint>

#include "common/base/result.h"
#include "helperd/twofactord/vault/database.h"

namespace twofactor {

// The version that PRAGMA user_version of a vault of ours says. schema.cc describes the tables.
inline constexpr int kSchemaVersion = 9;

// That of this database; 0 where it is empty. Fails as Statement::Step does.
Result<std::int64_t> SchemaVersion(Database& database);

// Makes the tables where the database is empty, and brings those of an older twofactord up to date,
// a version at a time and each whole or not at all. Fails with kUnknownVersion where it was written
// by a newer twofactord, and changes nothing then.
Result<void> PrepareSchema(Database& database);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_SCHEMA_H_
