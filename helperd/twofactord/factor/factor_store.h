#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_FACTOR_STORE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_FACTOR_STORE_H_

#include <chrono>
#include <cstdint>
#include <functional>
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
#include "helperd/twofactord/factor/permits.h"
#include "helperd/twofactord/factor/skew_learner.h"
#include "helperd/twofactord/livestore/kept_reader.h"
#include "helperd/twofactord/livestore/publisher.h"
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
  int failures;               // Wrong codes in a row.
  std::chrono::seconds wait;  // Until a code is looked at.
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
enum class ImportOutcome { kImported, kWouldImport, kExists };
// "imported", "would_import", "exists": as the API answers them.
std::string_view NameOf(ImportOutcome outcome);

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

// Both halves of the store, kept equal: a change is durable in the vault before it is published in
// the live store, and published before it is answered. Callbacks run on the event loop, as do all
// the functions. Not synchronised.
class FactorStore {
 public:
  template <typename T>
  using Done = std::function<void(Result<T>)>;

  // The references must outlive it.
  FactorStore(RunPaths paths, const Clock& clock, LiveStorePublisher publisher, VaultWriter& writer,
              LoginSettings settings, FactorPolicy policy = {}, Bypasses bypasses = {});

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
  // All or nothing for each user; one outcome for each, in order.
  void Import(const AdministrationPermit& permit, std::vector<ImportedUser> users,
              ImportOptions options, Done<std::vector<ImportOutcome>> done);

  // What a backup of everything is made from (BackupExport).
  void CopyForBackup(const BackupPermit& permit, Done<BackupSource> done);
  // Brings back the users of a part of a backup, with the names and uids that they have here; one
  // outcome for each, as for Import. Codes from before this moment are closed.
  void Restore(const BackupPermit& permit, BackupContents contents, ImportOptions options,
               Done<std::vector<ImportOutcome>> done);

  // The change of the vault's key --------------------------------------------------------------

  // As the vault's (docs/keys.md). `in_place` is the key where the next start reads it; each fails
  // with kConflict where it is not the one that it has to be.
  void StartRekey(const RekeyPermit& permit, VaultKey in_place, Done<StartedRekey> done);
  // The next secrets; starts over after the last. kConflict where no rekey is under way.
  void MoveSeals(const RekeyPermit& permit, Done<MovedSeals> done);
  void FinishRekey(const RekeyPermit& permit, VaultKey in_place, Done<void> done);
  bool rekey_under_way() const { return rekey_under_way_; }

  // The account's first device as verifiers see it, none where it has none.
  Result<std::optional<DeviceState>> ReadDevice(const Account& account) const;
  // Is this the generation of one of the account's devices, or of its recovery codes?
  Result<bool> HoldsGeneration(const Account& account, std::uint32_t generation) const;
  // Is there a device of that name, whatever uid it belongs to?
  Result<bool> HasRecord(const Username& name) const;
  // How many users have a factor.
  std::uint64_t users() const { return publisher_.users(); }
  Result<FactorState> ReadState(const Account& account, std::string_view service) const;
  Result<FactorView> ReadFactor(const Account& account, std::string_view service) const;

  // Verifying --------------------------------------------------------------------------------

  // The same verification as the PAM module's, on the same store, with what the daemon alone
  // consumes: HOTP and recovery codes, each durable before `done`. `window` as in VerifyCode.
  void Verify(const VerificationPermit& permit, const TypedCode& typed, bool learn_skew, int window,
              Done<Verification> done);
  // That last part alone, for a host that looked into the live store itself. Works for the same
  // time whatever the account has.
  void VerifyConsumed(const VerificationPermit& permit, const TypedCode& typed, bool learn_skew,
                      Done<Verification> done);

  const LoginSettings& settings() const { return settings_; }
  // Of changes that are under way at once, each counts.
  void UpdateSettings(const SettingsPermit& permit, const SettingsChange& change, Done<void> done);
  // Takes over what a reloaded configuration file says.
  void SetPolicy(const FactorPolicy& policy);

  // When the account was first asked to enrol: now, where it never was.
  void FirstAskedToEnrol(const Account& account, Done<WallTime> done);

  // Notes the latest wall time in the vault, if it is time to; called every kNotePeriod.
  void NoteTime();

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
  };
  // The first step that no code of these, or of a device of this skew, was used for.
  static TimeStep FirstStepAfter(const std::vector<SameTotp>& same, const BirthRule& used,
                                 std::chrono::seconds interval, int skew);
  static Result<std::vector<ImportedRows>> PutUsers(Vault& vault, std::vector<ImportedUser>& users,
                                                    ImportOptions options, const BirthRule& used);
  static Result<ImportedRows> PutUser(Vault& vault, ImportedUser& user, const BirthRule& used);
  class RestoreInVault;
  // What is replaced may be the same secret: then what could have been used of it is closed, too.
  enum class UsedSteps { kAreTold, kAreClosed };
  Result<std::vector<ImportOutcome>> PublishImported(std::vector<ImportedRows> all, UsedSteps used);
  Result<void> Replace(ImportedRows& rows, UsedSteps used);
  void CloseReplaced(ImportedRows& rows, UsedSteps used);
  void CloseSteps(PublishedDevice& device) const;

  Result<RenamedFactor> PublishRenamed(const Username& from, Vault::RenamedUser renamed);

  // A secret that was put, and what there was of the name's other uids.
  struct PutSecretRows {
    std::vector<RemovedDevice> removed;
    PublishedDevice device;
  };
  // What a secret goes into the vault with, beside its permit.
  struct SecretToPut {
    RenewalOptions options;
    TimeStep first_step = 0;
    HotpCounter counter = 0;
  };
  void Put(const RenewalPermit& permit, SecretBytes secret, SecretToPut what,
           Done<RenewedSecret> done);
  Result<void> ReserveForChange(std::uint64_t new_devices);
  Result<void> Publish(const PublishedDevice& device);
  // The same of a device that has its secret still, so that a bypass goes on.
  Result<void> PublishAgain(const PublishedDevice& device);
  Result<void> PublishBypass(const Username& username, const std::optional<ActiveBypass>& bypass);
  // False where there was none. On failure it is still there.
  Result<bool> ForgetBypass(const Username& username, BypassEnd end);
  void Withdraw(const Username& username, const RemovedDevice& device);
  void RefreshAskDaemon();
  Result<LiveStoreReader*> LiveStore() const;
  Result<std::vector<DeviceRecord>> OwnDevices(const Account& account) const;
  Result<void> ChargeResync(const DeviceRecord& device);
  Result<void> FinishResync(const PublishedDevice& device, TimeStep used);
  void ResyncTotp(const VerificationPermit& permit, DeviceRecord device, const SecretBytes& first,
                  const SecretBytes& second, Done<void> done);
  void ChargeConsumed(ConsumedTry& attempt, const std::vector<DeviceRecord>& devices);
  Result<void> LookForSkew(ConsumedTry& attempt, const std::vector<DeviceRecord>& devices,
                           bool learn);
  Result<void> LookAtNothing(const TypedCode& typed, WallTime now) const;
  static Result<ConsumedMatch> ConsumeInVault(Vault& vault, const ConsumedTry& attempt,
                                              int look_ahead);
  static Verification WaitOf(const ConsumedTry& attempt);
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
  std::function<void(const StoredBypass&, BypassEnd)> on_bypass_end_;
  std::uint64_t changes_under_way_ = 0;
  WallTime noted_{};
  bool rekey_under_way_;
  DevicePosition rekeyed_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_FACTOR_STORE_H_
