#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/username.h"
#include "common/livestore/settings.h"
#include "common/otp/code.h"
#include "common/otp/hotp.h"
#include "common/otp/otp_parameters.h"
#include "helperd/twofactord/livestore/records_writer.h"
#include "helperd/twofactord/vault/database.h"
#include "helperd/twofactord/vault/key_ring.h"

namespace twofactor {

// The ordinals of a user's devices, and the one of the recovery codes.
inline constexpr std::uint32_t kMaxDevices = 16;
inline constexpr std::uint32_t kRecoveryDevice = 255;
// A label is text of at most this many characters.
inline constexpr std::size_t kMaxLabelCharacters = 64;

// A new secret for a user's device, on its way into the vault.
struct NewSecret {
  Username username;
  uid_t uid;
  std::uint32_t device = 0;
  OtpParameters parameters;
  WallTime created;
  SecretBytes secret;
  DeviceKind kind = DeviceKind::kTotp;
  std::string label;
  int skew = 0;             // TOTP.
  TimeStep first_step = 0;  // TOTP: those before it are used.
  HotpCounter counter = 0;  // HOTP: the next that is accepted.
};

// A recovery code as the vault keeps it: an HMAC of it and its user.
using RecoveryHash = std::vector<std::uint8_t>;

// What everybody may know of a device.
struct DeviceInfo {
  std::uint32_t device;
  DeviceKind kind;
  std::string label;
  std::uint64_t slot;
  std::uint32_t generation;
  WallTime created;
  OtpParameters parameters;
};

// A TOTP device that is here with the secret of one that comes in: where its used steps stand.
struct SameTotp {
  std::uint64_t slot;
  std::uint32_t generation;
  int skew;
  TimeStep first_step;
};

// A device that was removed: its slot is free for others, and verifiers must learn of `generation`.
struct RemovedDevice {
  std::uint32_t device;
  std::uint64_t slot;
  std::uint32_t generation;
};

// That an administrator lets a user in without a code for a while, as the vault keeps it.
struct StoredBypass {
  Username username;
  uid_t uid;
  WallTime since;
  WallTime until;
  uid_t by_uid;
  std::string by_name;  // Empty for a uid without one.
  std::string reason;   // May be empty.
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

// What is noted of a user whom the system no longer knows.
struct StaleNote {
  WallTime first_seen;             // As such.
  WallTime last_seen;              // The same, when it was last looked for.
  std::chrono::seconds stale_for;  // See NotedAgain.

  friend bool operator==(const StaleNote&, const StaleNote&) = default;
};

// Somebody of whom the vault keeps something: a name, and the uid that it had then.
struct VaultUser {
  Username username;
  uid_t uid;
  std::uint64_t devices;  // That make codes; 0 for who was only asked to enrol.
  std::optional<StaleNote> stale;
};

// The whole vault at one moment, as it is on disk, and the keys to it.
struct VaultCopy {
  Database database;
  KeyRing keys;
};

// What a rekey begins with: the key that is to be put in the place of the one that the daemon was
// started with.
struct StartedRekey {
  VaultKey key;
  bool resumed;  // It was under way already.
  std::uint64_t secrets;
};

// A row of the devices, in the order in which a rekey takes them.
struct DevicePosition {
  std::string username;
  std::int64_t device = -1;
};

// One batch of a rekey: how many rows it looked at, and after which row the next goes on; none
// after the last.
struct MovedSeals {
  std::uint64_t secrets;
  std::optional<DevicePosition> next;
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
  // The devices of that name and uid by ordinal, the recovery codes last.
  Result<std::vector<DeviceInfo>> ReadDevices(const Username& username, uid_t uid);
  // False where there is no such device of that uid.
  Result<bool> RenameDevice(const Username& username, uid_t uid, std::uint32_t device,
                            const std::string& label);
  // Removes one device; none where there is no such device of that uid.
  Result<std::optional<RemovedDevice>> RemoveDevice(const Username& username, uid_t uid,
                                                    std::uint32_t device);
  // Removes all devices of a user, and the recovery codes; empty where there was none.
  Result<std::vector<RemovedDevice>> RemoveUser(const Username& username);
  // The same for what is kept of the name with this uid, and when that user was first asked to
  // enrol, and that the system did not know the user. Bypasses of that uid end.
  Result<std::vector<RemovedDevice>> ForgetUser(const Username& username, uid_t uid);
  // And for what is kept of the name with other uids than this.
  Result<std::vector<RemovedDevice>> ForgetOthersOfName(const Username& username, uid_t uid);
  // Gives the devices of `username` with this uid to another name, whose devices then have new
  // generations and slots and take no step before `first_step` of each; empty where there were
  // none. Recovery codes are hashed with their user's name, and are gone.
  struct RenamedUser {
    std::vector<RemovedDevice> removed;
    std::vector<PublishedDevice> published;
    bool lost_recovery_codes = false;
  };
  using FirstStepOf = std::function<TimeStep(const PublishedDevice& device)>;
  Result<RenamedUser> RenameUser(const Username& username, uid_t uid, const Username& new_name,
                                 const FirstStepOf& first_step);
  // Sets a TOTP device's skew, and closes the steps before `first_step` to ledgers that are made
  // later. None where it is no longer of that generation.
  Result<std::optional<PublishedDevice>> PutSkew(const Username& username, std::uint32_t device,
                                                 std::uint32_t generation, int skew,
                                                 TimeStep first_step);

  // Consumes a code of an HOTP device, up to `look_ahead` counters ahead; false where it is none.
  // Takes the same time where there is no such device of that uid.
  Result<bool> ConsumeHotp(const Username& username, uid_t uid, std::uint32_t device,
                           const TypedCode& typed, int look_ahead);
  // Finds an HOTP device's counter by two codes in a row, and consumes both.
  Result<bool> ResyncHotp(const Username& username, uid_t uid, std::uint32_t device,
                          const SecretBytes& first, const SecretBytes& second);

  // Stores keyed hashes of recovery codes in place of those that the user has.
  Result<PublishedDevice> PutRecoveryCodes(const Username& username, uid_t uid, WallTime now,
                                           const std::vector<SecretBytes>& codes);
  // Consumes one, and tells how many are left; none where it is not among them.
  Result<std::optional<std::uint64_t>> ConsumeRecoveryCode(const Username& username, uid_t uid,
                                                           const SecretBytes& code);
  Result<std::uint64_t> CountRecoveryCodes(const Username& username);

  // What a backup brings back: the name of a key of recovery codes in this vault, where it is kept
  // from now on; keyed hashes in place of the codes that the user has; when the user was first
  // asked to enrol.
  Result<std::string> KeepRecoveryKey(const SecretBytes& key);
  Result<PublishedDevice> PutRecoveryHashes(const Username& username, uid_t uid, WallTime created,
                                            const std::string& key_name,
                                            const std::vector<RecoveryHash>& hashes);
  Result<void> PutFirstAsked(const Username& username, uid_t uid, WallTime first_asked);
  // When the user was asked, none where it never was.
  Result<std::optional<WallTime>> FindFirstAsked(const Username& username, uid_t uid);
  // What the user has now of the same: the TOTP devices with this secret and
  // interval (with another one its steps are others); the next counter of the HOTP
  // device with this secret, 0 where there is none; and the codes that are left of the list that
  // was made at `created` with this key, none where the user has another list.
  Result<std::vector<SameTotp>> FindTotpSecret(const Username& username, const SecretBytes& secret,
                                               std::chrono::seconds interval);
  Result<HotpCounter> CounterOfSecret(const Username& username, const SecretBytes& secret);
  Result<std::optional<std::vector<RecoveryHash>>> LeftOfRecoveryCodes(const Username& username,
                                                                       WallTime created,
                                                                       const std::string& key_name);

  // Has the name a device with another uid than this?
  Result<bool> HasDeviceOfOther(const Username& username, uid_t uid);
  // Has a device of the user's this secret?
  Result<bool> HasSecret(const Username& username, const SecretBytes& secret);
  // Those of the codes that the user's list here still has; all where there never was a list.
  Result<std::vector<SecretBytes>> LeftOfCodes(const Username& username,
                                               const std::vector<SecretBytes>& codes);

  // Bypasses that are on, or were when the daemon ended. A row that does not open with the vault's
  // key is none: it is taken away, and its user named.
  struct LoadedBypasses {
    std::vector<StoredBypass> bypasses;
    std::vector<std::string> refused;
  };
  Result<LoadedBypasses> LoadBypasses();
  // Stores it in place of the one that the user has. Any new secret, list of recovery codes or
  // removal of the user ends it.
  Result<void> PutBypass(const StoredBypass& bypass);
  // False where the user has none, or none that ends at `until`.
  Result<bool> EndBypass(const Username& username, std::optional<WallTime> until = std::nullopt);

  // When the user was first asked to enrol: `now`, where that is now.
  Result<WallTime> FirstAskedToEnrol(const Username& username, uid_t uid, WallTime now);

  // Users in the order of their names, from after `after` on: as many as there are up to `most`,
  // and the others of the last one's name.
  Result<std::vector<VaultUser>> ListUsers(const std::string& after, std::size_t most);
  // Notes once more that the system does not know the user; gives what is noted then.
  Result<StaleNote> NoteStale(const Username& username, uid_t uid, WallTime now);
  Result<void> ForgetStale(const Username& username, uid_t uid);
  // Removes the keys that came with backups and of which no recovery code is left; how many.
  Result<std::uint64_t> RemoveUnusedRecoveryKeys();

  // Stores the settings; a window that gets smaller is remembered for the birth rule.
  Result<void> PutSettings(const VaultSettings& settings, WallTime now);
  // Notes a wall time, unless a later one is noted already.
  Result<void> NoteSeen(WallTime now);

  // The two parts of a VaultCopy.
  Result<DatabaseCopy> BeginCopy() { return DatabaseCopy::Begin(database_); }
  KeyRing CopyOfKeys() const { return keys_.Clone(); }

  // The change of the key (docs/keys.md). While it is under way either key opens the vault.
  //
  // StartRekey and FinishRekey are no changes within a transaction: they make their own, and are
  // called outside one. Both take the key that is in place, where the next start reads it, and fail
  // with kConflict where that is not the one that it has to be.
  bool rekey_under_way() const { return keys_.former.has_value(); }
  // Makes the new key, or gives the one of the rekey that is under way.
  Result<StartedRekey> StartRekey(const VaultKey& in_place);
  // A change: seals up to `most` devices after `after` with the new key. Fails with kConflict where
  // no rekey is under way, kCorrupt where a secret does not open, naming its user.
  Result<MovedSeals> MoveSeals(const DevicePosition& after, int most);
  // Leaves nothing that the former key opens, in no byte of the file: it opens everything with the
  // new key first, and fails with kConflict where that cannot be. Does nothing where it was done.
  Result<void> FinishRekey(const VaultKey& in_place);

  Result<void> Begin() { return database_.Run("BEGIN IMMEDIATE"); }
  Result<void> Commit() { return database_.Run("COMMIT"); }
  void RollBack() { static_cast<void>(database_.Run("ROLLBACK")); }
  // SQLite rolls a whole transaction back by itself when it meets a full or failing disk.
  bool InTransaction() const { return database_.InTransaction(); }
  Result<void> BeginPart() { return database_.Run("SAVEPOINT part"); }
  Result<void> KeepPart() { return database_.Run("RELEASE part"); }
  void DropPart() {
    static_cast<void>(database_.Run("ROLLBACK TO part"));
    static_cast<void>(database_.Run("RELEASE part"));
  }

 private:
  Vault(Database database, VaultKey key)
      : database_(std::move(database)), keys_{std::move(key), std::nullopt} {}

  static Error WrongKey();
  Result<void> CheckKey();
  Result<void> PutKeyCheck();
  Result<bool> TakeKeysOfRekey();
  Result<void> BeginRekey(const KeyRing& keys);
  Result<void> MoveSealedKeys(const KeyRing& keys);
  Result<void> MoveBypasses(const KeyRing& keys);
  Result<void> PutBypass(const StoredBypass& bypass, const KeyRing& keys);
  Result<void> ForgetFormerKey();
  Result<void> CheckAllMoved();
  Result<void> EraseFormerKey();
  Result<void> EmptyLog();
  Result<std::uint64_t> CountDevices();
  Result<std::optional<SecretBytes>> FindSealedKey(const std::string& name);
  Result<void> PutSealedKey(const std::string& name, const SecretBytes& key);
  Result<std::string> RecoveryKeyNameOf(const Username& username);
  Result<SecretBytes> RecoveryKey(const std::string& name);
  Result<RecoveryHash> HashRecoveryCode(const Username& username, const std::string& key_name,
                                        const SecretBytes& code);
  Result<void> ForgetRecoveryCodes(const Username& username);
  struct HotpState;
  Result<HotpState> ReadHotp(const Username& username, uid_t uid, std::uint32_t device);
  Result<void> WriteCounter(const Username& username, std::uint32_t device, HotpCounter next);
  Result<std::int64_t> ReadNumber(std::string_view name, std::int64_t absent);
  Result<void> WriteNumber(std::string_view name, std::int64_t value);
  Result<std::uint32_t> NextGeneration();
  Result<std::uint64_t> SlotFor(const Username& username, std::uint32_t device);
  Result<std::uint64_t> TakeFreeSlot();
  Result<void> AddUsersOfName(const std::string& username, std::vector<VaultUser>& users);
  Result<std::vector<uid_t>> OtherUidsOf(const Username& username, uid_t uid);

  Database database_;
  KeyRing keys_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_H_
