#include "helperd/twofactord/api/method_contracts.h"

#include <algorithm>
#include <map>
#include <utility>

#include "helperd/twofactord/api/method_parameters.h"
#include "helperd/twofactord/api/method_results.h"
#include "helperd/twofactord/api/user_entry_shape.h"

namespace twofactor {
namespace {

using ContractList = std::vector<MethodContract>;

void Add(ContractList& list, std::string_view name, std::string_view description,
         Parameters parameters, Shape result, std::vector<ErrorCode> errors = {}) {
  list.push_back({name, description, std::move(parameters), std::move(result), std::move(errors)});
}

void AddCore(ContractList& list) {
  using enum ErrorCode;
  Add(list, "core.ping", "Answers \"pong\".", {}, Shape::Constant("pong"));
  Add(list, "core.set_options",
      "Accepts an options object, as TrueNAS' clients send one. No option has an effect.",
      parameters::ConnectionOptions(), Shape::Null());
  Add(list, "core.get_methods", "Describes every method, or those of one service.",
      parameters::ServiceAndTarget(), results::Methods());
  Add(list, "core.get_services",
      "Lists the services. A service is the name of a method without its last part.",
      parameters::Target(), results::Services());
  Add(list, "core.get_jobs",
      "Lists the running jobs. There are none, because every call is answered when it is done.",
      parameters::UserQuery(), results::Jobs(), {kConflict});
  Add(list, "core.subscribe",
      "Subscribes this connection to an event. `user.query` sends a notification"
      " `collection_update` when the second factor of a user that the caller may see changes;"
      " there are no other events. A connection that does not read its notifications, or misses"
      " one, gets `notify_unsubscribed` and must subscribe again.",
      parameters::EventName(), Shape::String(), {kTooLarge});
  Add(list, "core.unsubscribe",
      "Ends a subscription of this connection. An unknown id changes nothing.",
      parameters::SubscriptionId(), Shape::Null());
  Add(list, "core.health", "Reports the state of the daemon and its stores.", {},
      results::Health());
  Add(list, "auth.me", "Describes the caller.", {}, results::Me());
  Add(list, "auth.login_ex_continue", "Verifies one of the caller's own codes for this connection.",
      parameters::LoginToken(), results::Login());
  Add(list, "auth.login_ex",
      "Does the same for the mechanism OTP_TOKEN. It denies every other mechanism without"
      " looking at the credentials, because the kernel tells the daemon who the caller is.",
      parameters::Login(), results::LoginOrDenial());
  Add(list, "auth.mechanism_choices", "Lists the mechanisms that auth.login_ex accepts.", {},
      Shape::Array(Shape::String()));
  Add(list, "auth.logout",
      "Forgets what was verified on this connection. The caller stays the same, because the"
      " kernel tells the daemon who it is.",
      {}, Shape::Boolean());
  Add(list, "system.version", "Answers the product and its version.", {}, Shape::String());
  Add(list, "system.hostname", "Answers the machine's name.", {}, Shape::String());
  Add(list, "system.info",
      "Describes the product, and the machine as far as the kernel tells everybody.", {},
      results::SystemInformation());
}

void AddDevices(ContractList& list) {
  using enum ErrorCode;
  const std::vector<ErrorCode> renewal = {kNotPermitted, kNoSuchUser, kFactorRequired, kRateLimited,
                                          kTooLarge};
  const std::vector<ErrorCode> device = {kNotPermitted, kNoSuchUser, kFactorRequired, kConflict};
  Add(list, "user.renew_2fa_secret",
      "Renew username user's two-factor authentication secret."
      "\n\nNOTE: This username must match the authenticated username unless authenticated"
      " credentials have FULL_ADMIN role.",
      parameters::UserAndOptions(), UserEntryShape(), renewal);
  Add(list, "user.start_2fa_enrollment",
      "Creates a new secret. It becomes active once user.finish_2fa_enrollment has verified a"
      " code of it.",
      parameters::UserAndDeviceOptions(), UserEntryShape(), renewal);
  Add(list, "user.finish_2fa_enrollment",
      "Activates the secret that user.start_2fa_enrollment created on this connection.",
      parameters::UserAndToken(), UserEntryShape(),
      {kNotPermitted, kNoSuchUser, kFactorRequired, kConflict, kTooLarge});
  Add(list, "user.list_2fa_devices",
      "Lists a user's devices, and says how many recovery codes are left. Never shows a secret.",
      parameters::User(), results::Devices(), {kNotPermitted, kNoSuchUser, kTooLarge});
  Add(list, "user.rename_2fa_device", "Gives a device a new label.",
      parameters::UserDeviceAndLabel(), Shape::Null(), device);
  Add(list, "user.remove_2fa_device",
      "Removes a device. Its codes stop working. The last device cannot be removed while logins"
      " ask for a second factor.",
      parameters::UserAndDevice(), Shape::Null(), device);
  Add(list, "user.resync_2fa_device",
      "Corrects the counter of an HOTP device, or the clock skew of a TOTP device, from two"
      " consecutive codes. The two codes are the proof, so no other code is needed.",
      parameters::UserDeviceAndTwoCodes(), Shape::Null(),
      {kNotPermitted, kNoSuchUser, kConflict, kRateLimited});
  Add(list, "user.renew_recovery_codes",
      "Creates ten new recovery codes. They replace the user's old ones.", parameters::User(),
      results::RecoveryCodes(), device);
  Add(list, "user.clear_2fa_throttle",
      "Clears a user's failed attempts, so that the next code is not throttled. Answers false"
      " if there were none.",
      parameters::User(), Shape::Boolean(), {kNoSuchUser});
  Add(list, "user.set_2fa_bypass",
      "Lets a user log in without a code for a limited time, for example after a device was"
      " lost. Replaces a bypass that the user has. A new secret or new recovery codes end it"
      " early.",
      parameters::UserAndBypass(), results::Bypass(), {kNoSuchUser, kConflict, kTooLarge});
  Add(list, "user.end_2fa_bypass", "Ends a user's bypass. Answers false if there was none.",
      parameters::User(), Shape::Boolean(), {kNoSuchUser});
  Add(list, "user.list_2fa_bypasses", "Lists the active bypasses.", {}, results::Bypasses());
  Add(list, "user.import_2fa_devices", "Imports users and their secrets from other software.",
      parameters::Import(), results::Imported(), {kTooLarge});
}

void AddAdministration(ContractList& list) {
  using enum ErrorCode;
  Add(list, "backup.start",
      "Starts a backup of everything on this connection, encrypted with a passphrase.",
      parameters::Passphrase(), results::BackupStarted(), {kUnavailable});
  Add(list, "backup.next", "Answers the next part of the backup that this connection has started.",
      {}, results::BackupPart(), {kConflict, kUnavailable});
  Add(list, "restore.start", "Opens a backup on this connection.", parameters::Restore(),
      results::RestoreStarted(), {kConflict, kCorrupt, kUnknownVersion, kUnavailable});
  Add(list, "restore.next",
      "Restores the users in the next part of the backup. Each user is restored completely or"
      " not at all.",
      parameters::BackupPart(), results::Restored(),
      {kConflict, kCorrupt, kTooLarge, kTimedOut, kUnavailable});
  Add(list, "twofactor.stale_factors",
      "Lists users in the vault that the system no longer knows, or knows by another uid or"
      " name. Looks at a few hundred users of the vault per call. Does not list users of a"
      " directory that does not answer.",
      parameters::After(), results::StaleFactors());
  Add(list, "twofactor.remove_stale_factors",
      "Removes records of users that no longer exist, after asking the system again.",
      parameters::StaleUsers(), results::RemovedStaleFactors());
  Add(list, "twofactor.rename_user",
      "Moves the devices of a name that the system no longer knows to the new name of the same"
      " uid. Codes from before the move are not accepted.",
      parameters::TwoNames(), results::RenamedUser(), {kNoSuchUser, kConflict, kTooLarge});
  Add(list, "twofactor.accept_time",
      "Accepts the present time after a clock that was ahead has been corrected. Devices whose"
      " codes were used meanwhile accept current codes again, after the wait of a restart. Each"
      " code that was used while the clock was ahead opens one more login when its time comes.",
      parameters::UserOfDevices(), results::AcceptedTime(), {kNoSuchUser, kTimedOut, kUnavailable});
  Add(list, "twofactor.upkeep",
      "Does the daily maintenance, for a timer. Works like twofactor.stale_factors, and also"
      " notes which users are gone, removes those that were gone for `stale_days` of"
      " twofactord.conf(5), and removes backup keys that nothing needs.",
      parameters::After(), results::UpkeepDone());
  Add(list, "rekey.start",
      "Starts or resumes a change of the vault's key. Answers the new key, which must be put in"
      " place of the old one before rekey.finish. Until then either key opens the vault.",
      parameters::VaultKeyInPlace(), results::RekeyStarted(), {kConflict, kUnavailable});
  Add(list, "rekey.next", "Re-encrypts the next secrets with the new key.", {},
      results::RekeyPart(), {kConflict, kCorrupt, kUnavailable});
  Add(list, "rekey.finish",
      "Removes the old key, once every secret is encrypted with the new key and the new key is"
      " in place.",
      parameters::VaultKeyInPlace(), Shape::Null(), {kConflict, kUnavailable});
}

void AddUsers(ContractList& list) {
  using enum ErrorCode;
  const std::vector<ErrorCode> user = {kNotPermitted, kNoSuchUser, kTooLarge};
  Add(list, "user.unset_2fa_secret",
      "Removes a user's second factor and everything stored with it. TrueNAS keeps the number of"
      " digits and the interval; here the next secret has 6 digits and 30 seconds, unless the"
      " call says otherwise.",
      parameters::User(), Shape::Null(), {kNoSuchUser});
  Add(list, "user.twofactor_config",
      "Describes how a user's second factor is set up. Never shows the secret.", parameters::User(),
      TwofactorConfigShape(), user);
  Add(list, "user.verify_twofactor_token",
      "Verifies a code of a user. Answers true if the code is accepted.",
      parameters::UserAndTokenOrNull(), Shape::Boolean(), user);
  Add(list, "user.shell_choices", "Lists this system's login shells.", parameters::GroupIds(),
      Shape::Map(Shape::String()));
  Add(list, "user.query", "Lists the entries of the users that the caller may see.",
      parameters::UserQuery(), results::UserQuery(), {kConflict});
  Add(list, "user.get_instance",
      "Answers the entry of one user that the caller may see. If there is none, `data.extra` is"
      " `[[null, text, 2]]`, with the errno ENOENT.",
      parameters::UserInstance(), UserEntryShape());
  Add(list, "group.query", "Lists the entries of the groups that the caller may see.",
      parameters::UserQuery(), results::GroupQuery(), {kConflict});
  Add(list, "group.get_instance",
      "Answers the entry of one group, as user.get_instance does for users.",
      parameters::GroupInstance(), GroupEntryShape());
  Add(list, "auth.twofactor.config", "Answers the settings of every login.", {},
      results::Settings());
  Add(list, "auth.twofactor.update", "Changes the settings of every login.", parameters::Settings(),
      results::Settings());
}

void AddPam(ContractList& list) {
  using enum ErrorCode;
  const std::vector<ErrorCode> login = {kNotPermitted, kUnavailable};
  Add(list, "pam.state",
      "Says whether a login asks for a second factor. For PAM applications that do not run as"
      " root.",
      parameters::Pam(), results::PamState(), login);
  Add(list, "pam.verify",
      "Verifies a code for a login. For PAM applications that do not run as root.",
      parameters::PamAndTokens(), results::PamVerification(), login);
  Add(list, "pam.consume",
      "Verifies a code that the application could not verify in the live store itself: HOTP and"
      " recovery codes, and codes of a device whose clock is off. For PAM applications that run"
      " as root.",
      parameters::PamAndTokens(), results::PamVerification(), login);
  Add(list, "pam.grace",
      "Says whether a recent login that pam.note_login noted from the same place stands for a"
      " code now. Never grants this while the user's codes are throttled, or after the user's"
      " devices, recovery codes or bypass have changed. A trusted application is told only of its"
      " own notes, and only of remote hosts.",
      parameters::PamGrace(), results::PamGrace(), login);
  Add(list, "pam.note_login",
      "Notes a login with a code, for pam.grace. The daemon forgets it when it stops.",
      parameters::PamNoteLogin(), Shape::Null(), login);
  Add(list, "pam.note_origin",
      "Notes where a user logged in from with a code. Failed attempts from known and unknown"
      " origins are then counted separately. Answers before the note is on disk.",
      parameters::PamNoteOrigin(), Shape::Null(), login);
  Add(list, "pam.start_enrollment",
      "Creates a first secret at a login, for a user without a second factor. It becomes active"
      " once pam.finish_enrollment has verified a code of it.",
      parameters::PamStartEnrollment(), results::PamEnrollment(),
      {kNotPermitted, kFactorRequired, kConflict, kRateLimited, kTimedOut, kUnavailable});
  Add(list, "pam.finish_enrollment",
      "Activates the secret that pam.start_enrollment created on this connection. Consumes the"
      " code.",
      parameters::PamFinishEnrollment(), results::PamEnrollmentEnd(),
      {kNotPermitted, kFactorRequired, kConflict, kTimedOut, kUnavailable});
}

}  // namespace

const std::vector<MethodContract>& MethodContracts() {
  static const std::vector<MethodContract> kContracts = [] {
    ContractList list;
    AddCore(list);
    AddDevices(list);
    AddAdministration(list);
    AddUsers(list);
    AddPam(list);
    return list;
  }();
  return kContracts;
}

const MethodContract& ContractOf(std::string_view name) {
  static const auto kByName = [] {
    std::map<std::string_view, const MethodContract*> by_name;
    for (const MethodContract& contract : MethodContracts()) {
      by_name.emplace(contract.name, &contract);
    }
    return by_name;
  }();
  return *kByName.at(name);
}

std::string_view FirstSentence(std::string_view text) {
  for (std::size_t i = text.find('.'); i != std::string_view::npos; i = text.find('.', i + 1)) {
    if (i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n') {
      return text.substr(0, i + 1);
    }
  }
  return text;
}

std::vector<ErrorCode> ErrorsOf(const Method& method) {
  std::vector<ErrorCode> errors = ContractOf(method.name).errors;
  const AccessRule& rule = RuleOf(method.access);
  const auto add = [&errors](ErrorCode code) {
    if (std::find(errors.begin(), errors.end(), code) == errors.end()) {
      errors.push_back(code);
    }
  };
  if (!rule.roles.empty()) {
    add(ErrorCode::kNotPermitted);
  }
  if (rule.looks_up_caller) {
    add(ErrorCode::kTimedOut);
    add(ErrorCode::kUnavailable);
  }
  return errors;
}

}  // namespace twofactor
