#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/username.h"
#include "common/livestore/origin.h"
#include "common/livestore/settings.h"
#include "common/otp/code.h"
#include "common/otp/hotp.h"
#include "common/otp/otp_parameters.h"
#include "helperd/twofactord/livestore/records_writer.h"
#include "helperd/twofactord/livestore/used_steps.h"
#include "helperd/twofactord/vault/changed_users.h"
#include "helperd/twofactord/vault/database.h"
#include "helperd/twofactord/vault/key_ring.h"
#include "helperd/twofactord/vault/use_source.h"

namespace twofactor {

// The ordinals of a user's devices, and the one of the recovery codes.
inline constexpr std::uint32_t kMaxDevices = 16;
inline constexpr std::uint32_t kRecoveryDevice = 255;
// A label is text of at most this many characters.
inline constexpr std::size_t kMaxLabelCharacters = 64;
// Of so many secrets, and so many recovery codes, that a user had, the vault remembers what was
// used.
inline constexpr std::size_t kMaxPastSecrets = 64;
inline constexpr std::size_t kMaxPastCodes = 1024;
// Of so many backups it remembers what it had given up when they were begun.
inline constexpr std::size_t kMaxOwnBackups = 1024;
// A note of the time is so old at most, so a time that is further ahead was written by a clock that
// was ahead.
inline constexpr std::chrono::seconds kAgeOfNotes{60};

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
  TimeStep first_step = 0;  // TOTP: as PublishedDevice has it.
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

// The slot of what has none any more.
inline constexpr std::uint64_t kNoSlot = static_cast<std::uint64_t>(-1);

// A TOTP device that is here, or was, with the secret of one that comes in: where its used steps
// stand.
struct SameTotp {
  std::uint64_t slot;  // kNoSlot for one that was.
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

// A device that went because another one of its user has the same secret.
struct MergedSecret {
  Username username;
  std::string removed;  // Labels.
  std::string kept;
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

// Which backup it is, and when it was begun by the clock of its machine.
struct BackupMark {
  std::string id;
  WallTime created;
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

// Which file it is, whatever it is called.
struct FileIdentity {
  dev_t device;
  ino_t inode;

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// The durable half of the store: every device's secret, sealed, and the settings. SQLite holds it;
// the seals and the generations are ours.
//
// Changes are made inside a transaction (see VaultWriter) and are real once it has committed. One
// thread at a time.
class Vault {
 public:
  // Opens the vault at `path`, or makes it: for who knows that there never was one. A vault that
  // exists opens only with the key that it was made with. Fails with kNotPermitted (wrong key),
  // kUnknownVersion, kCorrupt, kUnavailable, kConflict (another process has it open); nothing is
  // changed then.
  static Result<Vault> Open(const std::string& path, VaultKey key);
  // Opens the vault that is at `path`. Fails as Open does: with kCorrupt for a file that holds
  // nothing, with kUnavailable where there is none or where it cannot be written.
  static Result<Vault> OpenExisting(const std::string& path, VaultKey key);
  // The same of a vault that cannot be written: as it is on disk, from a copy at `copy` that is
  // nobody else's to see. Each change fails with kReadOnly, and `why`.
  static Result<Vault> OpenReadOnly(const std::string& path, VaultKey key, const std::string& copy,
                                    const std::string& why);

  // Why changes are refused; empty where they are not.
  const std::string& read_only_because() const { return read_only_because_; }
  // Would OpenExisting succeed now? For a vault that was opened read-only.
  bool CanBeWrittenNow() const;

  // Who tells what logins have used of what the vault gives up. Without one, it knows only what it
  // noted itself.
  void AskUses(std::unique_ptr<UseSource> uses) { uses_ = std::move(uses); }

  // Leaves one device of those of a user that make the same codes, in a transaction of its own;
  // what was left out. `close` ends the codes of a generation in the live store, with a newer one,
  // and tells the first step that was not used by then; none where that cannot be told. A device
  // that stays has a past then, and so has one that stays for one of another interval or kind.
  using CloseDevice = std::function<std::optional<TimeStep>(
      std::uint64_t slot, std::uint32_t generation, std::uint32_t newer_generation)>;
  Result<std::vector<MergedSecret>> MergeEqualSecrets(const CloseDevice& close);

  // Every device, opened. A row that does not open fails the whole with kCorrupt, naming its user.
  Result<std::vector<PublishedDevice>> LoadDevices();
  Result<VaultSettings> LoadSettings();
  Result<std::vector<FormerWindow>> LoadFormerWindows();
  // The wall time that was noted last, 1970 for a new vault.
  Result<WallTime> LatestSeen();
  // The last generation that was handed out, 0 for a new vault.
  Result<std::uint32_t> LastGeneration();
  Result<std::uint64_t> CountUsers();

  // The changes, each within a transaction. They fail with kUnavailable or kCorrupt.

  // Stores the secret in place of the device's last one, with a new generation, in the device's
  // slot or the lowest free one. What was used of it while the user had it before stays used.
  // Fails with kConflict, naming both, where another device of the user's makes the same codes.
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
  // generations and slots, and a past; empty where there were none. Recovery codes are hashed with
  // their user's name, and are gone.
  struct RenamedUser {
    std::vector<RemovedDevice> removed;
    std::vector<PublishedDevice> published;
    bool lost_recovery_codes = false;
  };
  Result<RenamedUser> RenameUser(const Username& username, uid_t uid, const Username& new_name);
  // Sets a TOTP device's skew, and notes that the steps before `first_step` were used. None where
  // it is no longer of that generation.
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
  // What the user has, or had, of the same: the TOTP devices with this secret and
  // interval (with another one its steps are others); the next counter of the HOTP
  // device with this secret, none where it was never here; and the codes that are left of the list
  // that was made at `created` with this key, none where the user has another list.
  Result<std::vector<SameTotp>> FindTotpSecret(const Username& username, const SecretBytes& secret,
                                               std::chrono::seconds interval);
  Result<std::optional<HotpCounter>> CounterOfSecret(const Username& username,
                                                     const SecretBytes& secret);
  Result<std::optional<std::vector<RecoveryHash>>> LeftOfRecoveryCodes(const Username& username,
                                                                       WallTime created,
                                                                       const std::string& key_name);

  // Has the name a device with another uid than this?
  Result<bool> HasDeviceOfOther(const Username& username, uid_t uid);
  // Did this code, of which a backup has the hash, open a login?
  Result<bool> WasUsed(const Username& username, const std::string& key_name,
                       const RecoveryHash& hash);
  // The vault knows what was used of all that the user had at or after this moment. Of what the
  // user had, and lost, before, it may know nothing. A moment that lies ahead was written by a
  // clock that was ahead, and so before that clock was set back.
  Result<WallTime> UsesKnownSince(const Username& username);
  // Does the vault know every use since `then` of all that the user had? Not where `then` lies
  // ahead, unless it has known all uses from its first day.
  Result<bool> KnowsUsesSince(const Username& username, WallTime then);
  // The same since a backup was begun. For one of this vault the order of events decides, whatever
  // the clock said; for any other its date.
  Result<bool> KnowsUsesSince(const Username& username, const BackupMark& backup);
  // Notes that a backup is begun.
  Result<void> NoteBackup(const std::string& id);
  // Has a device of the user's this secret, or had one?
  Result<bool> HasSecret(const Username& username, const SecretBytes& secret);
  // Those of the codes that the user's list here still has, or that the vault never saw: neither
  // used, nor of a list that was replaced.
  Result<std::vector<SecretBytes>> LeftOfCodes(const Username& username,
                                               const std::vector<SecretBytes>& codes);

  // Bypasses that are on, or were when the daemon ended. A row that does not open with the vault's
  // key is none: it is taken away, unless the vault is read-only, and its user named.
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

  // From where users logged in before (origin.h). The key of their hashes, made where there is none
  // yet.
  Result<SipHashKey> LoadOriginKey();
  // Tells each of the devices those of its user.
  Result<void> LoadOrigins(std::span<PublishedDevice> devices);
  Result<KnownOrigins> ReadOrigins(const Username& username, uid_t uid);
  // Notes a login of this day, of a user who has a device; of more origins than there is room for,
  // the one that was not used for longest is forgotten. Gives those that are known then.
  Result<KnownOrigins> NoteOrigin(const Username& username, uid_t uid, std::uint64_t hash,
                                  std::uint32_t today);
  // Of all uids of that name. Any removal of a device of the user's does the same.
  Result<void> ForgetOrigins(const Username& username);

  // When the user was first asked to enrol: `now`, where that is now, or where it lies ahead
  // because the clock was wrong.
  Result<WallTime> FirstAskedToEnrol(const Username& username, uid_t uid, WallTime now);

  // Users in the order of their names, from after `after` on: as many as there are up to `most`,
  // and the others of the last one's name.
  Result<std::vector<VaultUser>> ListUsers(const std::string& after, std::size_t most);
  // Notes once more that the system does not know the user; gives what is noted then.
  Result<StaleNote> NoteStale(const Username& username, uid_t uid, WallTime now);
  Result<void> ForgetStale(const Username& username, uid_t uid);
  // Removes the keys that came with backups and of which no recovery code is left; how many.
  Result<std::uint64_t> RemoveUnusedRecoveryKeys();

  // Whose second factor was changed since the last call, by name (see ChangedUsers).
  std::set<std::string> TakeChangedUsers() { return changed_users_.Take(); }

  // Stores the settings; a window that gets smaller is remembered for the birth rule.
  Result<void> PutSettings(const VaultSettings& settings, WallTime now);
  // Notes the wall time, which may be earlier than the one that was noted last: then the clock was
  // set back.
  Result<void> NoteSeen(WallTime now);
  // Notes steps that were used. Devices that are no longer of that generation are left alone.
  Result<void> NoteUses(const std::vector<UsedBefore>& uses);
  // Forgets what was used of a device from `first` on.
  Result<void> ForgetUsesFrom(std::uint64_t slot, std::uint32_t generation, TimeStep first);

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

  // Fails with kUnavailable, also where the file is no longer at its place: what was committed to
  // it would be gone.
  Result<void> Begin();
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
  Vault(std::string path, Database database, VaultKey key, ChangedUsers changed_users)
      : path_(std::move(path)),
        database_(std::move(database)),
        keys_{std::move(key), std::nullopt},
        changed_users_(std::move(changed_users)) {}

  enum class IfNew { kMake, kFail };
  static Result<Vault> Prepare(const std::string& path, Database database, VaultKey key,
                               IfNew if_new);
  static Error WrongKey();
  Result<void> CheckKey(IfNew if_new);
  Result<void> PutKeyCheck();
  void BeginToWrite();
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
  Result<SecretBytes> OwnKey(std::string_view name);
  Result<SecretBytes> MakeOwnKey(const std::string& name);

  // A secret that codes are made of, opened.
  struct SecretRow {
    PublishedDevice device;
    SecretBytes secret;
    std::string label;
    HotpCounter counter;
  };
  // What is known of a secret that the user had.
  struct PastSecret {
    DeviceKind kind;
    std::chrono::seconds interval;  // TOTP.
    int skew;
    TimeStep first_step;
    HotpCounter counter;
  };
  // From where on the codes of a secret are unused.
  struct KnownUse {
    TimeStep first_step;
    HotpCounter counter;
  };
  enum class PastTable { kSecrets, kCodes };
  WallTime Now() const { return uses_ ? uses_->Now() : WallTime{}; }
  TimeStep FirstUnusedStepOf(const PublishedDevice& device) const;
  Result<std::vector<std::uint8_t>> PastHash(const Username& username, const SecretBytes& secret);
  // Of all uids of the name.
  Result<std::vector<SecretRow>> ReadSecrets(const Username& username);
  Result<void> NotePast(const SecretRow& row);
  // Of one device, or of all.
  Result<void> NotePastOf(const Username& username, std::optional<std::uint32_t> device);
  Result<std::vector<PastSecret>> FindPast(const Username& username, const SecretBytes& secret);
  Result<void> NotePastCode(const Username& username, const std::string& key_name,
                            const RecoveryHash& hash);
  Result<void> NoteReplacedCodes(const Username& username);
  Result<bool> IsPastCode(const Username& username, const SecretBytes& code);
  Result<std::int64_t> LastPastNumber();
  Result<std::int64_t> NextPastNumber();
  Result<std::optional<std::int64_t>> PastNumberOf(const std::string& backup);
  // `noted`, or the second after the clock was set back where `noted` lies ahead of the present.
  WallTime AtTheLatest(WallTime noted, WallTime set_back) const;
  Result<std::int64_t> LastDropped(const Username& username);
  Result<void> DropOldest(const Username& username, PastTable table);
  Result<KnownUse> MakePlaceFor(const NewSecret& secret);
  Result<PublishedDevice> WriteSecret(const NewSecret& secret, const KnownUse& use);
  Result<bool> HasDevice(const Username& username, uid_t uid, std::uint32_t device);
  Result<std::vector<std::string>> NamesWithSeveralDevices();
  Result<void> MergeDevicesOf(const Username& username, const CloseDevice& close,
                              std::vector<MergedSecret>& merged);
  Result<void> MergeGroup(const std::vector<const SecretRow*>& group, const CloseDevice& close,
                          std::vector<MergedSecret>& merged);

  struct HotpState;
  Result<HotpState> ReadHotp(const Username& username, uid_t uid, std::uint32_t device);
  Result<void> WriteCounter(const Username& username, std::uint32_t device, HotpCounter next);
  // The time at which the clock was set back last, 1970 where it never was.
  Result<WallTime> SetBackAt();
  Result<std::int64_t> ReadNumber(std::string_view name, std::int64_t absent);
  Result<void> WriteNumber(std::string_view name, std::int64_t value);
  Result<std::uint32_t> NextGeneration();
  Result<std::uint64_t> SlotFor(const Username& username, std::uint32_t device);
  Result<std::uint64_t> TakeFreeSlot();
  Result<void> AddUsersOfName(const std::string& username, std::vector<VaultUser>& users);
  Result<std::vector<uid_t>> OtherUidsOf(const Username& username, uid_t uid);

  std::string path_;
  std::optional<FileIdentity> file_;  // None of a copy.
  Database database_;
  KeyRing keys_;
  std::string read_only_because_;
  ChangedUsers changed_users_;
  std::unique_ptr<UseSource> uses_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_H_
