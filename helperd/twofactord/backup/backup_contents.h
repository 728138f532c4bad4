#ifndef TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_CONTENTS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_CONTENTS_H_

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "helperd/twofactord/vault/vault_snapshot.h"

// What is in a chunk of a backup, as JSON. Each secret in it is sealed for itself, with the user
// and the parameters that it belongs to, so that secrets are nowhere but in SecretBytes.
namespace twofactor {

struct BackupContents {
  BackupMark backup{};
  std::map<std::string, SecretBytes> recovery_keys;  // Those of its users' codes, by id.
  std::vector<BackedUpUser> users;
  std::optional<VaultSettings> settings;  // In the last chunk.
};

// The key and the id of the backup.
struct BackupSeal {
  const SecretBytes& key;
  const std::string& id;
};

// These fail with kInternal. Thread-safe.
Result<nlohmann::json> ToJson(const BackedUpUser& user, const BackupSeal& seal);
// A key of recovery codes.
Result<nlohmann::json> ToJson(const std::string& key_id, const SecretBytes& recovery_key,
                              const BackupSeal& seal);
nlohmann::json ToJson(const VaultSettings& settings);

// Takes {"keys": {id: …}, "users": […], "settings": …}, whoever made it. Fails with kCorrupt and
// gives nothing of it where anything is not as it should be. Thread-safe.
Result<BackupContents> ParseBackupContents(std::string_view text, const BackupSeal& seal);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BACKUP_CONTENTS_H_
