#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/username.h"
#include "common/livestore/settings.h"
#include "common/otp/otp_parameters.h"
#include "helperd/twofactord/livestore/records_writer.h"
#include "helperd/twofactord/vault/database.h"
#include "helperd/twofactord/vault/key.h"

namespace twofactor {

// A new secret for a user's device, on its way into the vault.
struct NewSecret {
  Username username;
  uid_t uid;
  std::uint32_t device = 0;
  OtpParameters parameters;
  WallTime created;
  SecretBytes secret;
};

// A device that was removed: its slot is free for others, and verifiers must learn of `generation`.
struct RemovedDevice {
  std::uint32_t device;
  std::uint64_t slot;
  std::uint32_t generation;
};

// The administrator's choices that the vault keeps (the rest of LoginSettings is the configuration
// file's).
struct VaultSettings {
  bool enabled = true;
  bool ssh = true;
  int window = 1;

  friend bool operator==(const VaultSettings&, const VaultSettings&) = default;
};

// A window that was in force until `until`, and is smaller now.
struct FormerWindow {
  WallTime until;
  int window;
};

// The durable half of the store: every device's secret, sealed, and the settings. SQLite holds it;
// the seals and the generations are ours.
//
// Changes are made inside a transaction (see VaultWriter) and are real once it has committed. One
// thread at a time.
class Vault {
 public:
  // Opens the vault at `path`, or makes it. A vault that exists opens only with the key that it was
  // made with. Fails with kNotPermitted (wrong key), kUnknownVersion, kCorrupt, kUnavailable;
  // nothing is changed then.
  static Result<Vault> Open(const std::string& path, VaultKey key);

  // Every device, opened. A row that does not open fails the whole with kCorrupt, naming its user.
  Result<std::vector<PublishedDevice>> LoadDevices();
  Result<VaultSettings> LoadSettings();
  Result<std::vector<FormerWindow>> LoadFormerWindows();
  // The latest wall time that was ever noted, 1970 for a new vault.
  Result<WallTime> LatestSeen();
  // The last generation that was handed out, 0 for a new vault.
  Result<std::uint32_t> LastGeneration();
  Result<std::uint64_t> CountUsers();

  // The changes, each within a transaction. They fail with kUnavailable or kCorrupt.

  // Stores the secret in place of the device's last one, with a new generation, in the device's
  // slot or the lowest free one.
  Result<PublishedDevice> PutSecret(const NewSecret& secret);
  // The device's parameters as they are, none where there is no such device of that uid.
  Result<std::optional<OtpParameters>> ReadParameters(const Username& username, uid_t uid,
                                                      std::uint32_t device);
  // Removes all devices of a user; empty where there was none.
  Result<std::vector<RemovedDevice>> RemoveUser(const Username& username);
  // Stores the settings; a window that gets smaller is remembered for the birth rule.
  Result<void> PutSettings(const VaultSettings& settings, WallTime now);
  // Notes a wall time, unless a later one is noted already.
  Result<void> NoteSeen(WallTime now);

  Result<void> Begin() { return database_.Execute("BEGIN IMMEDIATE"); }
  Result<void> Commit() { return database_.Execute("COMMIT"); }
  void RollBack() { static_cast<void>(database_.Execute("ROLLBACK")); }
  // SQLite rolls a whole transaction back by itself when it meets a full or failing disk.
  bool InTransaction() const { return database_.InTransaction(); }
  Result<void> BeginPart() { return database_.Execute("SAVEPOINT part"); }
  Result<void> KeepPart() { return database_.Execute("RELEASE part"); }
  void DropPart() { static_cast<void>(database_.Execute("ROLLBACK TO part; RELEASE part")); }

 private:
  Vault(Database database, VaultKey key) : database_(std::move(database)), key_(std::move(key)) {}

  Result<void> CheckKey();
  Result<std::int64_t> ReadNumber(std::string_view name, std::int64_t absent);
  Result<void> WriteNumber(std::string_view name, std::int64_t value);
  Result<std::uint32_t> NextGeneration();
  Result<std::uint64_t> SlotFor(const Username& username, std::uint32_t device);
  Result<std::uint64_t> TakeFreeSlot();

  Database database_;
  VaultKey key_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_H_
