#ifndef TWOFACTOR_TESTS_UNIT_VAULT_OLD_VAULT_H_
#define TWOFACTOR_TESTS_UNIT_VAULT_OLD_VAULT_H_

#include <stdexcept>
#include <string>
#include <vector>

#include "helperd/twofactord/vault/vault.h"

namespace twofactor {

inline void AlterVault(const std::string& path, const std::string& sql) {
  auto database = Database::Open(path);
  const auto done = database ? database->Execute(sql) : Fail(database.error());
  if (!done) {
    throw std::runtime_error(done.error().message());
  }
}

// Takes away what a vault of schema 7 did not have.
inline constexpr const char* kToSchema7 = R"sql(
  DROP TABLE past_secrets;
  DROP TABLE past_recovery_codes;
  DROP TABLE past_dropped;
  DROP TABLE own_backups;
  DELETE FROM numbers WHERE name IN ('past_number', 'uses_known_since', 'set_back_at');
  PRAGMA user_version = 7;
)sql";
inline constexpr const char* kFromSchema7To6 = R"sql(
  DROP TABLE known_origins;
  PRAGMA user_version = 6;
)sql";

// Brings the vault at `path`, new or not, to what a daemon of schema 6 left: these devices, of
// which several may have one secret. Nobody else has it open.
inline void MakeVaultOfSchema6(const std::string& path, const std::string& key,
                               const std::vector<NewSecret>& secrets) {
  for (const NewSecret& secret : secrets) {
    {
      auto vault = Vault::Open(path, VaultKey::Parse(key).value());
      const auto put = vault ? vault->PutSecret(secret) : Fail(vault.error());
      if (!put) {
        throw std::runtime_error(put.error().message());
      }
    }
    // Out of the way of the next one.
    AlterVault(path, R"sql(
      CREATE TABLE IF NOT EXISTS aside AS SELECT * FROM devices WHERE 0;
      INSERT INTO aside SELECT * FROM devices;
      DELETE FROM devices;
    )sql");
  }
  AlterVault(path, "INSERT INTO devices SELECT * FROM aside; DROP TABLE aside;");
  AlterVault(path, kToSchema7);
  AlterVault(path, kFromSchema7To6);
}

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_VAULT_OLD_VAULT_H_
