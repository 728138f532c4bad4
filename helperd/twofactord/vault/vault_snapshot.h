#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_SNAPSHOT_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_SNAPSHOT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "helperd/twofactord/vault/vault.h"

namespace twofactor {

// A device with everything that makes it work elsewhere.
struct BackedUpDevice {
  std::uint32_t device;
  DeviceKind kind;
  OtpParameters parameters;
  WallTime created;
  std::string label;
  int skew;
  TimeStep first_step;
  HotpCounter counter;
  SecretBytes secret;
  // Where its codes are consumed on the machine that the backup is made on; 0 in a backup.
  std::uint64_t slot = 0;
  std::uint32_t generation = 0;
};

struct BackedUpRecoveryCodes {
  WallTime created;
  std::string key_id;  // RecoveryKeyId of the key that they are hashed with.
  std::vector<RecoveryHash> hashes;
};

// All that the vault has of a user. One without a factor has no devices and no codes.
struct BackedUpUser {
  Username username;
  uid_t uid;
  std::vector<BackedUpDevice> devices;
  std::optional<BackedUpRecoveryCodes> recovery_codes;
  std::optional<WallTime> first_asked;  // To enrol.
};

// A vault that nobody changes any more: a copy of the whole, read user by user in the order of
// their names. One thread at a time.
class VaultSnapshot {
 public:
  // Fails with kCorrupt or kUnavailable.
  static Result<VaultSnapshot> Open(VaultCopy copy);

  // How many users there are.
  std::uint64_t users() const { return users_; }
  // The keys of the recovery codes, by id.
  const std::map<std::string, SecretBytes>& recovery_keys() const { return recovery_keys_; }

  // The next user, none after the last. Where devices of one name belong to several uids, those of
  // the uid that was given a device last are the user's. Fails with kCorrupt, naming the user.
  Result<std::optional<BackedUpUser>> NextUser();

 private:
  // The statements go before the database that they are of.
  struct Statements {
    Statement next_name;
    Statement devices;
    Statement recovery_codes;
    Statement first_asked;
  };
  VaultSnapshot(Database database, KeyRing keys, Statements statements)
      : database_(std::move(database)),
        keys_(std::move(keys)),
        statements_(std::move(statements)) {}

  Result<void> CountUsers();
  Result<void> LoadRecoveryKeys();
  Result<void> AddDevices(BackedUpUser& user);
  Result<void> AddRecoveryHashes(BackedUpUser& user);
  Result<void> AddFirstAsked(BackedUpUser& user);

  Database database_;
  KeyRing keys_;
  Statements statements_;
  std::uint64_t users_ = 0;
  std::map<std::string, SecretBytes> recovery_keys_;
  std::map<std::string, std::string, std::less<>> recovery_key_ids_;  // By their names.
  std::string last_name_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_SNAPSHOT_H_
