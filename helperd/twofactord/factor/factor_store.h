#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_FACTOR_STORE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_FACTOR_STORE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/livestore/verifier.h"
#include "helperd/twofactord/backup/backup_export.h"
#include "helperd/twofactord/factor/bypasses.h"
#include "helperd/twofactord/factor/clock_watch.h"
#include "helperd/twofactord/factor/factor_watch.h"
#include "helperd/twofactord/factor/skew_learner.h"
#include "helperd/twofactord/livestore/kept_reader.h"
#include "helperd/twofactord/livestore/publisher.h"
#include "helperd/twofactord/policy/permits.h"
#include "helperd/twofactord/vault/birth_rule.h"
#include "helperd/twofactord/vault/vault_writer.h"

namespace twofactor {

// What the configuration file says of verifying.
struct FactorPolicy {
  ThrottlePolicy throttle;
  int hotp_look_ahead = 10;  // Counters after the next one that are accepted too.
  bool learn_skew = true;
  int skew_bound = 20;  // Steps either way that are learned.
};

// What a renewal asks for: what is left out keeps the device's current value.
struct RenewalOptions {
  std::optional<int> digits = std::nullopt;
  std::optional<std::chrono::seconds> interval = std::nullopt;
  std::optional<OtpAlgorithm> algorithm = std::nullopt;
  std::optional<DeviceKind> kind = std::nullopt;  // kTotp or kHotp.
  // The device: a new one where none has this label. Left out: the user's first.
  std::optional<std::string> label = std::nullopt;

  OtpParameters AppliedTo(OtpParameters parameters) const;
};

// What is to change of the settings of every login: what is left out keeps its value.
struct SettingsChange {
  std::optional<bool> enabled = std::nullopt;
  std::optional<bool> ssh = std::nullopt;
  std::optional<int> window = std::nullopt;

  VaultSettings AppliedTo(VaultSettings settings) const;
};

// A secret that is committed and published: what a renewal gives, once.
struct RenewedSecret {
  std::uint32_t generation;
  DeviceKind kind;
  OtpParameters parameters;
  SecretBytes secret;
};

// What everybody may know of a device that codes are made with.
struct DeviceState {
  std::uint32_t generation;
  OtpParameters parameters;
};

// What its user and administrators may know of each.
struct ListedDevice {
  DeviceInfo info;
  int failures;               // Wrong codes in a row, from where the user did not log in before.
  std::chrono::seconds wait;  // Until a code is looked at there.
  int failures_at_known;      // The same of known origins.
  std::chrono::seconds wait_at_known;
};
struct ListedDevices {
  std::vector<ListedDevice> devices;
  std::optional<std::uint64_t> recovery_codes_left;  // None: the user never had any.
};

// A secret that somebody is trying out, and that counts only once a code of it was seen.
struct PendingSecret {
  Account target;
  RenewalOptions options;
  DeviceKind kind;
  OtpParameters parameters;
  SecretBytes secret;
};

// A user on the way in from other software.
struct ImportedDevice {
  DeviceKind kind;
  OtpParameters parameters;
  SecretBytes secret;
  std::string label;
  HotpCounter counter = 0;
  TimeStep first_step = 0;
  int skew = 0;
};
struct ImportedUser {
  Account account;
  std::vector<ImportedDevice> devices;      // 1 to kMaxDevices.
  std::vector<SecretBytes> recovery_codes;  // As ParseRecoveryCode gives them.
};
struct ImportOptions {
  bool dry_run = false;
  bool replace = false;  // Also in place of a factor that the user has.
  // The uids are not the system's word: who has a name with another uid may be its user now.
  bool keep_uids = false;
};
enum class ImportOutcome { kImported, kWouldImport, kExists, kRefused };
// "imported", "would_import", "exists", "refused": as the API answers them.
std::string_view NameOf(ImportOutcome outcome);
// What became of one user.
struct ImportAnswer {
  ImportOutcome outcome;
  // Why the user was refused, or what was left out of one who was not.
  std::string reason = {};
  // Restored are an HOTP device or recovery codes of which this machine knows no more than the
  // backup does: what was used of them elsewhere since then counts as unused.
  bool uses_unknown = false;
};

// Whether the system knew somebody when it was asked.
struct UserLook {
  Account account;
  bool known;
};

// The moment before the system was asked: the last generation that was handed out then. Who got a
// device since is known to the system, whatever it answered.
struct LookMoment {
  std::uint32_t last_generation;
};
struct ListedVaultUsers {
  std::vector<VaultUser> users;
  LookMoment moment;
};
struct NotedLook {
  std::optional<StaleNote> note;  // None: known.
  bool removed = false;
};

// What came of giving a factor to another name.
struct RenamedFactor {
  std::size_t devices;
  bool lost_recovery_codes;
};

// How often the store follows the clock, and notes in the vault what was used.
inline constexpr std::chrono::seconds kClockPeriod{1};
// How often it does what can wait: bypasses that are over.
inline constexpr std::chrono::seconds kNotePeriod{5};
// And how often it notes the wall time.
inline constexpr std::chrono::seconds kQuietNotePeriod{60};

// What the vault knew of the clock when it was opened.
struct ClockPast {
  std::vector<FormerWindow> former_windows = {};
  WallTime latest_seen = {};
};

// What an administrator should know of the clock.
struct ClockState {
  // By how much it was set back since the daemon started, or was behind the vault's then; the most.
  std::chrono::seconds set_back{0};
  // Devices that accept no code of the present, because a later one was used.
  std::uint64_t devices_ahead = 0;
  std::chrono::seconds longest_wait{0};  // Of these.
};

// Both halves of the store, kept equal: a change is durable in the vault before it is published in
// the live store, and published before it is answered. Callbacks run on the event loop, as do all
// the functions. Not synchronised.
class FactorStore {
 public:
  template <typename T>
  using Done = std::function<void(Result<T>)>;

  // The references must outlive it.
  FactorStore(RunPaths paths, const Clock& clock, LiveStorePublisher publisher, VaultWriter& writer,
              LoginSettings settings, FactorPolicy policy = {}, Bypasses bypasses = {},
              ClockPast past = {});

  // Gives the target a new random secret. Fails with kFactorRequired where the target got a secret
  // meanwhile that the permit may not replace, kTooLarge where it has all devices that one can
  // have, kUnavailable where it could not be made durable.
  void Renew(const RenewalPermit& permit, const RenewalOptions& options, Done<RenewedSecret> done);

  // A new random secret for the permit's target, stored nowhere yet.
  void MakePending(const RenewalPermit& permit, const RenewalOptions& options,
                   Done<PendingSecret> done);
  // Stores a pending secret whose code `code` is, and uses that code up; kConflict where it is not.
  // Otherwise as Renew.
  void FinishPending(const RenewalPermit& permit, const PendingSecret& pending,
                     const SecretBytes& code, Done<RenewedSecret> done);

  // The devices one by one ---------------------------------------------------------------

  void ListDevices(const Account& account, Done<ListedDevices> done);
  // These two fail with kConflict where there is no such device, RemoveDevice also for the last one
  // while logins ask for a second factor.
  void RenameDevice(const RenewalPermit& permit, std::uint32_t device, const std::string& label,
                    Done<void> done);
  void RemoveDevice(const RenewalPermit& permit, std::uint32_t device, Done<void> done);
  // Brings an HOTP device's counter, or a TOTP device's skew, in line with two codes in a row, and
  // uses them up. Fails with kConflict where they are not, kRateLimited after too many wrong ones.
  void ResyncDevice(const VerificationPermit& permit, std::uint32_t device,
                    const SecretBytes& first, const SecretBytes& second, Done<void> done);
  // New recovery codes in place of those that the target has. Fails with kConflict for a target
  // without a device.
  void RenewRecoveryCodes(const RenewalPermit& permit, Done<std::vector<SecretBytes>> done);

  // Everything of a user -------------------------------------------------------------------

  // Takes the user's factor away; false where there was none. `username` may be one that NSS no
  // longer knows.
  void Remove(const AdministrationPermit& permit, const Username& username, Done<bool> done);
  // Lets the user in without a code for so long. Fails with kConflict for a user without a device.
  // Any new secret or list of recovery codes of the user ends it.
  void SetBypass(const AdministrationPermit& permit, const BypassRequest& request,
                 Done<StoredBypass> done);
  // False where none was on.
  void EndBypass(const AdministrationPermit& permit, const Username& username, Done<bool> done);
  // The bypass of the account that is on, none where none is.
  std::optional<StoredBypass> FindBypass(const Account& account) const;
  // Is there one of that name, whatever uid it belongs to?
  bool HasBypass(const Username& username) const { return bypasses_.Find(username) != nullptr; }
  // All that are on, by name.
  std::vector<StoredBypass> ListBypasses() const;
  // Ends those whose time is over, which counted no more since then; called every kNotePeriod.
  void EndBypassesThatAreOver();
  // Is told of each end.
  void OnBypassEnd(std::function<void(const StoredBypass&, BypassEnd)> told);

  // `told` gets the name of each user whose second factor changes, as Watch has it: once the vault
  // has the change, and before whoever made it is answered. Null: nobody is told.
  void OnChange(FactorWatch::Told told) { watch_->OnChange(std::move(told)); }

  // Users whom the system may no longer know ------------------------------------------------

  // As Vault::ListUsers, with the moment.
  void ListVaultUsers(const std::string& after, std::size_t most, Done<ListedVaultUsers> done);
  // The moment alone, for who is about to ask.
  void BeginLook(Done<LookMoment> done);
  // Notes of each user whether the system knew it, and takes away what is kept of those who were
  // unknown for longer than the grace; 0 for never. What is noted then, one for each, in order.
  void NoteLooks(const AdministrationPermit& permit, std::vector<UserLook> looks, LookMoment moment,
                 std::chrono::days grace, Done<std::vector<NotedLook>> done);
  // Takes away what is kept of these names with these very uids; false for who got a device since
  // the moment, and keeps everything.
  void ForgetUsers(const AdministrationPermit& permit, std::vector<Account> users,
                   LookMoment moment, Done<std::vector<bool>> done);
  // Gives what the name has with the uid of `to` to the name of `to`. Codes from before this moment
  // are closed. Fails with kNoSuchUser where it has no device, kConflict where `to` has some.
  void RenameUser(const AdministrationPermit& permit, const Username& from, const Account& to,
                  Done<RenamedFactor> done);
  // Keys of backups that no recovery code needs any more; how many there were.
  void RemoveUnusedRecoveryKeys(const AdministrationPermit& permit, Done<std::uint64_t> done);

  // Forgets the user's wrong codes; false where there were none.
  Result<bool> ClearThrottle(const AdministrationPermit& permit, const Username& username);
  // All or nothing for each user; one answer for each, in order. Of devices of a user that are the
  // same one comes in; a user with devices that make different codes of one secret is refused.
  void Import(const AdministrationPermit& permit, std::vector<ImportedUser> users,
              ImportOptions options, Done<std::vector<ImportAnswer>> done);

  // What a backup of everything is made from (BackupExport).
  void CopyForBackup(const RootPermit& permit, Done<BackupSource> done);
  // Brings back the users of a part of a backup, with the names and uids that they have here; one
  // answer for each, as for Import. Codes from before this moment are closed. A user is refused
  // whose HOTP counters since the backup this machine should know and does not; such recovery codes
  // are left out.
  void Restore(const RootPermit& permit, BackupContents contents, ImportOptions options,
               Done<std::vector<ImportAnswer>> done);

  // The change of the vault's key --------------------------------------------------------------

  // As the vault's (docs/keys.md). `in_place` is the key where the next start reads it; each fails
  // with kConflict where it is not the one that it has to be.
  void StartRekey(const RootPermit& permit, VaultKey in_place, Done<StartedRekey> done);
  // The next secrets; starts over after the last. kConflict where no rekey is under way.
  void MoveSeals(const RootPermit& permit, Done<MovedSeals> done);
  void FinishRekey(const RootPermit& permit, VaultKey in_place, Done<void> done);
  bool rekey_under_way() const { return rekey_under_way_; }

  // The account's first device as verifiers see it, none where it has none.
  Result<std::optional<DeviceState>> ReadDevice(const Account& account) const;
  // Is this the generation of one of the account's devices, or of its recovery codes?
  Result<bool> HoldsGeneration(const Account& account, std::uint32_t generation) const;
  // Holds until something about the user's second factor changes: a device, the recovery codes, a
  // bypass.
  UnchangedFactor Watch(const Username& name) { return watch_->Watch(name); }
  // Is there a device of that name, whatever uid it belongs to?
  Result<bool> HasRecord(const Username& name) const;
  // How many users have a factor.
  std::uint64_t users() const { return publisher_.users(); }
  Result<FactorState> ReadState(const Account& account, std::string_view service) const;
  Result<FactorView> ReadFactor(const Account& account, std::string_view service) const;

  // Verifying --------------------------------------------------------------------------------

  // The same verification as the PAM module's, on the same store, with what the daemon alone
  // consumes: HOTP and recovery codes, each durable before `done`.
  void Verify(const VerificationPermit& permit, const TypedCode& typed, const HowToVerify& how,
              Done<Verification> done);
  // That last part alone, for a host that looked into the live store itself. Works for the same
  // time whatever the account has.
  void VerifyConsumed(const VerificationPermit& permit, const TypedCode& typed,
                      const HowToVerify& how, Done<Verification> done);
  // Notes that the target logged in from this origin; once a day each. `done` when logins know.
  void NoteOrigin(const VerificationPermit& permit, std::string_view origin, Done<void> done);

  const LoginSettings& settings() const { return settings_; }
  // Of changes that are under way at once, each counts.
  void UpdateSettings(const AdministrationPermit& permit, const SettingsChange& change,
                      Done<void> done);
  // Takes over what a reloaded configuration file says.
  void SetPolicy(const FactorPolicy& policy);

  // When the account was first asked to enrol: now, where it never was.
  void FirstAskedToEnrol(const Account& account, Done<WallTime> done);

  // The clock -------------------------------------------------------------------------------

  // Begins the epoch again where it began in the future, and notes what was used; called every
  // kClockPeriod. By how much the clock was set since the last call, none where it was not.
  std::optional<std::chrono::seconds> FollowClock();
  // Notes the wall time in the vault, if it is time to; called every kNotePeriod.
  void NoteTime();
  ClockState ReadClockState() const;
  // Accepts codes of the present from devices of which later ones were used, all or the user's; how
  // many they were. Those later codes open one more login when their time comes.
  void AcceptTime(const RootPermit& permit, const std::optional<Username>& username,
                  Done<std::uint64_t> done);

  // Why the vault takes no changes, empty where it does: it was opened read-only, or the last note
  // of the time did not reach the disk.
  const std::string& unwritable_because() const;
  // Tells whether a vault that was opened read-only could be written now; not called for another.
  void LookForWritableVault(std::function<void(bool writable)> done);

  bool kept_ledger() const { return publisher_.kept_ledger(); }
  WallTime birth() const { return publisher_.ledger().birth(); }

 private:
  // A try at what the daemon consumes, on its way through the vault.
  struct ConsumedTry;
  struct ConsumedMatch;

  // What came of one user in the vault, and what is to be taken out of the live store and put into
  // it.
  struct ImportedRows {
    Username username;
    ImportOutcome outcome;
    std::vector<RemovedDevice> removed;
    std::vector<PublishedDevice> published = {};
    // Of each that is published, in their order: what was here with its secret.
    std::vector<std::vector<SameTotp>> same = {};
    std::string reason = {};
    bool uses_unknown = false;
  };
  // The first step of a device of which no code was used that the vault knows of; these have its
  // secret, or it comes from elsewhere, so it has a past.
  static TimeStep FirstStepAfter(const std::vector<SameTotp>& same);
  // A user on the way in whose devices that are the same were taken out.
  struct CheckedUser {
    ImportedUser user;
    std::string reason;
    bool refused;
  };
  static Result<std::vector<ImportedRows>> PutUsers(Vault& vault, std::vector<CheckedUser>& users,
                                                    ImportOptions options, WallTime now);
  static Result<ImportedRows> PutUser(Vault& vault, ImportedUser& user, WallTime now);
  class RestoreInVault;
  // What is replaced may be the same secret: then what could have been used of it is closed, too.
  enum class PastCodes { kAreTold, kAreClosed };
  Result<std::vector<ImportAnswer>> PublishImported(std::vector<ImportedRows> all, PastCodes past);
  Result<void> Replace(ImportedRows& rows, PastCodes past);
  void CloseReplaced(ImportedRows& rows, PastCodes past);
  // The first step of the device that cannot have been used before now, here or elsewhere; 0 for
  // one whose codes do not come from the time.
  TimeStep FirstStepFromNow(const PublishedDevice& device,
                            const std::vector<SameTotp>& same = {}) const;

  Result<RenamedFactor> PublishRenamed(const Username& from, Vault::RenamedUser renamed);

  // A secret that was put, and what there was of the name's other uids.
  struct PutSecretRows {
    std::vector<RemovedDevice> removed;
    PublishedDevice device;
    bool forgot_origins;
  };
  // What a secret goes into the vault with, beside its permit.
  struct SecretToPut {
    RenewalOptions options;
    TimeStep first_step = 0;
    HotpCounter counter = 0;
  };
  void Put(const RenewalPermit& permit, SecretBytes secret, const SecretToPut& what,
           Done<RenewedSecret> done);
  Result<void> ReserveForChange(std::uint64_t new_devices);
  // `closed` as the publisher's.
  Result<void> Publish(const PublishedDevice& device, TimeStep closed = 0);
  // The same of a device that has its secret still, so that a bypass goes on.
  Result<void> PublishAgain(const PublishedDevice& device);
  Result<void> PublishBypass(const Username& username, const std::optional<ActiveBypass>& bypass);
  // False where there was none. On failure it is still there.
  Result<bool> ForgetBypass(const Username& username, BypassEnd end);
  // Gives what the publisher gives.
  TimeStep Withdraw(const Username& username, const RemovedDevice& device);
  // The first step of a device of which no use is known, once `step` is used.
  TimeStep FirstStepAfterUse(std::uint64_t slot, std::uint32_t generation, TimeStep step) const;
  VaultBirthRule Rule() const;
  // Notes what was used, where it is time to look.
  void NoteUses();
  // The same at once: what is submitted next finds in the vault what was used until now.
  void NoteUsesNow();
  void WriteTime(WallTime now);
  void RefreshAskDaemon();
  Result<LiveStoreReader*> LiveStore() const;
  Result<std::vector<DeviceRecord>> OwnDevices(const Account& account) const;
  Result<void> ChargeResync(const DeviceRecord& device, Budget budget);
  Result<void> FinishResync(const PublishedDevice& device, TimeStep used, Budget budget);
  void ResyncTotp(const VerificationPermit& permit, DeviceRecord device, const SecretBytes& first,
                  const SecretBytes& second, Budget budget, Done<void> done);
  static std::string_view OriginOf(const VerificationPermit& permit, std::string_view origin);
  Result<OriginStanding> StandingFor(const Account& account,
                                     const std::vector<DeviceRecord>& devices,
                                     std::string_view origin) const;
  Result<void> PublishOrigins(const Username& username, uid_t uid, const KnownOrigins& origins);
  // In the records alone: the vault forgot them.
  void ForgetOrigins(const Username& username);
  void ChargeConsumed(ConsumedTry& attempt, const std::vector<DeviceRecord>& devices);
  Result<void> LookForSkew(ConsumedTry& attempt, const std::vector<DeviceRecord>& devices,
                           bool learn);
  Result<void> LookAtNothing(const TypedCode& typed, WallTime now) const;
  static Result<ConsumedMatch> ConsumeInVault(Vault& vault, const ConsumedTry& attempt,
                                              int look_ahead);
  static Verification NotConsumed(const ConsumedTry& attempt);
  Result<Verification> FinishConsumed(const ConsumedTry& attempt, const ConsumedMatch& match);

  RunPaths paths_;
  mutable KeptReader reader_;
  const Clock& clock_;
  LiveStorePublisher publisher_;
  VaultWriter& writer_;
  LoginSettings settings_;
  FactorPolicy policy_;
  SkewLearner skews_;
  Bypasses bypasses_;
  const std::shared_ptr<FactorWatch> watch_ = std::make_shared<FactorWatch>();
  std::function<void(const StoredBypass&, BypassEnd)> on_bypass_end_;
  std::uint64_t changes_under_way_ = 0;
  WallTime noted_{};
  std::string note_failed_because_;  // Empty where the last one did not.
  std::vector<FormerWindow> former_windows_;
  WallTime seen_at_start_;
  ClockWatch clock_watch_;
  std::chrono::seconds set_back_;
  int notes_under_way_ = 0;
  int accepts_under_way_ = 0;
  bool look_for_uses_ = true;
  WallTime seen_use_{};     // The latest use at the last look at the words.
  WallTime looked_{};       // When that was.
  BootTime looked_boot_{};  // And on the other clock.
  bool rekey_under_way_;
  DevicePosition rekeyed_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_FACTOR_STORE_H_
