#include "helperd/twofactord/api/method_table.h"

#include <algorithm>

#include "helperd/twofactord/api/method_parameters.h"
#include "helperd/twofactord/api/method_results.h"
#include "helperd/twofactord/api/user_entry_shape.h"

namespace twofactor {
namespace {

std::vector<Method> MakeTable() {
  using namespace methods;
  using enum ErrorCode;
  const std::vector<ErrorCode> kUserErrors = {kNotPermitted, kNoSuchUser, kTooLarge};
  const std::vector<ErrorCode> kRenewalErrors = {kNotPermitted, kNoSuchUser, kFactorRequired,
                                                 kRateLimited, kTooLarge};
  const std::vector<ErrorCode> kDeviceErrors = {kNotPermitted, kNoSuchUser, kFactorRequired,
                                                kConflict};
  return {
      {"core.ping",
       Access::kUnidentified,
       "Answers \"pong\".",
       {},
       Shape::Constant("pong"),
       {},
       Ping},
      {"core.set_options",
       Access::kUnidentified,
       "Takes options for this connection, as clients of TrueNAS set them. None changes anything "
       "here,"
       " and none is kept.",
       parameters::ConnectionOptions(),
       Shape::Null(),
       {},
       SetOptions},
      {"core.get_methods",
       Access::kUnidentified,
       "Describes every method, or those of one service.",
       parameters::ServiceAndTarget(),
       results::Methods(),
       {},
       GetMethods},
      {"core.get_services",
       Access::kUnidentified,
       "The services, which are the names of methods without their last part.",
       parameters::Target(),
       results::Services(),
       {},
       GetServices},
      {"core.get_jobs",
       Access::kUnidentified,
       "The jobs that are under way: none, as every call is answered when it is done.",
       parameters::UserQuery(),
       results::Jobs(),
       {kConflict},
       GetJobs},
      {"core.subscribe",
       Access::kAnyone,
       "Tells this connection of events from now on, in notifications `collection_update`. Of"
       " `user.query` are the changes of the second factors of users whom the caller may see; of "
       "other"
       " names there are no events. A connection that does not read them, or misses some, is told"
       " `notify_unsubscribed`, and hears no more until it subscribes again.",
       parameters::EventName(),
       Shape::String(),
       {kTooLarge},
       Subscribe},
      {"core.unsubscribe",
       Access::kUnidentified,
       "Ends a subscription of this connection; an id that is not one changes nothing.",
       parameters::SubscriptionId(),
       Shape::Null(),
       {},
       Unsubscribe},
      {"core.health",
       Access::kAdmins,
       "Tells how the daemon and its stores are.",
       {},
       results::Health(),
       {},
       Health},
      {"auth.me", Access::kAnyone, "Tells who the caller is.", {}, results::Me(), {}, Me},
      {"auth.login_ex_continue",
       Access::kAnyone,
       "Verifies a one-time password of the caller's own, for this connection.",
       parameters::LoginToken(),
       results::Login(),
       {},
       LoginExContinue},
      {"auth.login_ex",
       Access::kAnyone,
       "The same for OTP_TOKEN. Every other mechanism is denied without a look at what it brings:"
       " the caller is who the kernel says.",
       parameters::Login(),
       results::LoginOrDenial(),
       {},
       LoginEx},
      {"auth.mechanism_choices",
       Access::kUnidentified,
       "The mechanisms of auth.login_ex that are not denied.",
       {},
       Shape::Array(Shape::String()),
       {},
       MechanismChoices},
      {"auth.logout",
       Access::kUnidentified,
       "Forgets what was verified on this connection. The caller stays who the kernel says.",
       {},
       Shape::Boolean(),
       {},
       Logout},
      {"system.version",
       Access::kUnidentified,
       "The product and its version.",
       {},
       Shape::String(),
       {},
       SystemVersion},
      {"system.hostname",
       Access::kUnidentified,
       "The machine's name.",
       {},
       Shape::String(),
       {},
       SystemHostname},
      {"system.info",
       Access::kUnidentified,
       "What the kernel tells everybody of the machine, and the product.",
       {},
       results::SystemInformation(),
       {},
       SystemInformation},
      {"user.renew_2fa_secret", Access::kAnyone,
       "Renew username user's two-factor authentication secret."
       "\n\nNOTE: This username must match the authenticated username unless authenticated"
       " credentials have FULL_ADMIN role.",
       parameters::UserAndOptions(), UserEntryShape(), kRenewalErrors, RenewSecret},
      {"user.start_2fa_enrollment", Access::kAnyone,
       "Makes a new secret that counts only once user.finish_2fa_enrollment saw a code of it. For"
       " oneself; FULL_ADMIN for anybody.",
       parameters::UserAndDeviceOptions(), UserEntryShape(), kRenewalErrors, StartEnrollment},
      {"user.finish_2fa_enrollment",
       Access::kAnyone,
       "Puts the secret of user.start_2fa_enrollment on this connection into force. For oneself;"
       " FULL_ADMIN for anybody.",
       parameters::UserAndToken(),
       UserEntryShape(),
       {kNotPermitted, kNoSuchUser, kFactorRequired, kConflict, kTooLarge},
       FinishEnrollment},
      {"user.list_2fa_devices", Access::kAnyone,
       "The devices of a user, and how many recovery codes are left; never a secret. Of oneself;"
       " administrators of anybody.",
       parameters::User(), results::Devices(), kUserErrors, ListDevices},
      {"user.rename_2fa_device", Access::kAnyone,
       "Gives a device another label. For oneself; FULL_ADMIN for anybody.",
       parameters::UserDeviceAndLabel(), Shape::Null(), kDeviceErrors, RenameDevice},
      {"user.remove_2fa_device", Access::kAnyone,
       "Removes a device; its codes are dead. The last one stays while logins ask for a second"
       " factor. For oneself; FULL_ADMIN for anybody.",
       parameters::UserAndDevice(), Shape::Null(), kDeviceErrors, RemoveDevice},
      {"user.resync_2fa_device",
       Access::kAnyone,
       "Sets the counter of an HOTP device, or how far the clock of a TOTP device is off, by two"
       " codes in a row. For oneself; FULL_ADMIN for anybody.",
       parameters::UserDeviceAndTwoCodes(),
       Shape::Null(),
       {kNotPermitted, kNoSuchUser, kConflict, kRateLimited},
       ResyncDevice},
      {"user.renew_recovery_codes", Access::kAnyone,
       "Makes ten new recovery codes in place of those that the user has. For oneself; FULL_ADMIN"
       " for anybody.",
       parameters::User(), results::RecoveryCodes(), kDeviceErrors, RenewRecoveryCodes},
      {"user.clear_2fa_throttle",
       Access::kFullAdmin,
       "Forgets a user's wrong codes, so that the next one is looked at; false where there were"
       " none.",
       parameters::User(),
       Shape::Boolean(),
       {kNoSuchUser},
       ClearThrottle},
      {"user.set_2fa_bypass",
       Access::kFullAdmin,
       "Lets a user in without a code for a while, in place of a bypass that is on; the device is"
       " lost, say. It ends by itself, and with any new secret or recovery codes of the user.",
       parameters::UserAndBypass(),
       results::Bypass(),
       {kNoSuchUser, kConflict, kTooLarge},
       SetBypass},
      {"user.end_2fa_bypass",
       Access::kFullAdmin,
       "Ends a user's bypass; false where none was on.",
       parameters::User(),
       Shape::Boolean(),
       {kNoSuchUser},
       EndBypass},
      {"user.list_2fa_bypasses",
       Access::kAdmins,
       "The bypasses that are on.",
       {},
       results::Bypasses(),
       {},
       ListBypasses},
      {"user.import_2fa_devices",
       Access::kFullAdmin,
       "Takes over users with their secrets from other software.",
       parameters::Import(),
       results::Imported(),
       {kTooLarge},
       ImportDevices},
      {"backup.start",
       Access::kFullAdmin,
       "Begins a backup of everything, sealed with a passphrase, for this connection. For uid 0"
       " alone.",
       parameters::Passphrase(),
       results::BackupStarted(),
       {},
       StartBackup},
      {"backup.next",
       Access::kFullAdmin,
       "The next part of the backup that was begun on this connection. For uid 0 alone.",
       {},
       results::BackupPart(),
       {kConflict},
       NextOfBackup},
      {"restore.start",
       Access::kFullAdmin,
       "Opens a backup, for this connection. For uid 0 alone.",
       parameters::Restore(),
       results::RestoreStarted(),
       {kConflict, kCorrupt, kUnknownVersion},
       StartRestore},
      {"restore.next",
       Access::kFullAdmin,
       "Brings back the users of the next part of the backup, each whole or not at all. For uid 0"
       " alone.",
       parameters::BackupPart(),
       results::Restored(),
       {kConflict, kCorrupt, kTooLarge},
       NextOfRestore},
      {"twofactor.stale_factors",
       Access::kAdmins,
       "Tells what the vault keeps of users whom the system no longer knows, or knows with another"
       " uid or name; some hundred users of the vault a call. Who is in a directory that does not"
       " answer is not among them.",
       parameters::After(),
       results::StaleFactors(),
       {},
       StaleFactors},
      {"twofactor.remove_stale_factors",
       Access::kFullAdmin,
       "Takes away what is kept of users whom the system does not know as these; it is asked once"
       " more first.",
       parameters::StaleUsers(),
       results::RemovedStaleFactors(),
       {},
       RemoveStaleFactors},
      {"twofactor.rename_user",
       Access::kFullAdmin,
       "Gives the devices of a name that the system no longer knows to the name that the same uid"
       " has now. Codes that could have been used before are closed.",
       parameters::TwoNames(),
       results::RenamedUser(),
       {kNoSuchUser, kConflict, kTooLarge},
       RenameUser},
      {"twofactor.accept_time",
       Access::kFullAdmin,
       "Accepts the present time: devices of which codes were used while the clock was ahead accept"
       " codes of the present again, after the wait of a restart. Each code that was used then "
       "opens"
       " one more login when its time comes. For uid 0 alone.",
       parameters::UserOfDevices(),
       results::AcceptedTime(),
       {kNoSuchUser},
       AcceptTime},
      {"twofactor.upkeep",
       Access::kFullAdmin,
       "What a timer does every day: as twofactor.stale_factors, and notes who is gone, removes "
       "what"
       " is kept of users who were gone for stale_days of twofactord.conf(5), and of keys that"
       " nothing needs.",
       parameters::After(),
       results::UpkeepDone(),
       {},
       Upkeep},
      {"rekey.start",
       Access::kFullAdmin,
       "Begins to change the vault's key, or goes on: gives the new key, which is to be put in the"
       " place of the old one before rekey.finish. From now on either opens the vault. For uid 0"
       " alone.",
       parameters::VaultKeyInPlace(),
       results::RekeyStarted(),
       {kConflict},
       StartRekey},
      {"rekey.next",
       Access::kFullAdmin,
       "Seals the next secrets with the new key. For uid 0 alone.",
       {},
       results::RekeyPart(),
       {kConflict, kCorrupt},
       NextOfRekey},
      {"rekey.finish",
       Access::kFullAdmin,
       "Forgets the old key, once everything is sealed with the new one and that is in place. For"
       " uid 0 alone.",
       parameters::VaultKeyInPlace(),
       Shape::Null(),
       {kConflict},
       FinishRekey},
      {"user.unset_2fa_secret",
       Access::kFullAdmin,
       "Takes a user's second factor away. Nothing of it is kept, its digits and interval neither:"
       " a new secret has 6 digits and 30 seconds again, unless the call says otherwise. TrueNAS"
       " keeps the two; here nothing of a user without a second factor is stored.",
       parameters::User(),
       Shape::Null(),
       {kNoSuchUser},
       UnsetSecret},
      {"user.twofactor_config", Access::kAnyone,
       "Tells how a user's second factor is set up; never the secret. Of oneself; administrators of"
       " anybody.",
       parameters::User(), TwofactorConfigShape(), kUserErrors, UserTwofactorConfig},
      {"user.verify_twofactor_token", Access::kAnyone,
       "Is this a current code of the user? For oneself; FULL_ADMIN and the configuration's"
       " trusted uids for anybody.",
       parameters::UserAndTokenOrNull(), Shape::Boolean(), kUserErrors, VerifyToken},
      {"user.shell_choices",
       Access::kAnyone,
       "The login shells of this system.",
       parameters::GroupIds(),
       Shape::Map(Shape::String()),
       {},
       ShellChoices},
      {"user.query",
       Access::kAnyone,
       "The entries of the users that the caller may see: administrators everybody's, others"
       " their own.",
       parameters::UserQuery(),
       results::UserQuery(),
       {kConflict},
       QueryUsers},
      {"user.get_instance",
       Access::kAnyone,
       "The entry of one user. Administrators may see everybody's, others their own. One that there"
       " is not is a fault of no parameter: `data.extra` is `[[null, text, 2]]`, with the errno"
       " ENOENT.",
       parameters::UserInstance(),
       UserEntryShape(),
       {},
       GetInstance},
      {"group.query",
       Access::kAnyone,
       "The entries of the groups that the caller may see: administrators all, others those that "
       "they"
       " are in.",
       parameters::UserQuery(),
       results::GroupQuery(),
       {kConflict},
       QueryGroups},
      {"group.get_instance",
       Access::kAnyone,
       "The entry of one group, as user.get_instance gives those of users.",
       parameters::GroupInstance(),
       GroupEntryShape(),
       {},
       GetGroupInstance},
      {"auth.twofactor.config",
       Access::kAdmins,
       "The settings of every login.",
       {},
       results::Settings(),
       {},
       SettingsConfig},
      {"auth.twofactor.update",
       Access::kFullAdmin,
       "Changes the settings of every login.",
       parameters::Settings(),
       results::Settings(),
       {},
       SettingsUpdate},
      {"pam.state",
       Access::kUnidentified,
       "Does this login ask for a second factor? For PAM hosts that are not root.",
       parameters::Pam(),
       results::PamState(),
       {kNotPermitted, kUnavailable},
       PamState},
      {"pam.verify",
       Access::kUnidentified,
       "Verifies a code for a login. For PAM hosts that are not root.",
       parameters::PamAndTokens(),
       results::PamVerification(),
       {kNotPermitted, kUnavailable},
       PamVerify},
      {"pam.consume",
       Access::kUnidentified,
       "Verifies a code for a login whose host looked into the live store itself: HOTP and recovery"
       " codes, and clocks that are wrong. For PAM hosts that are root.",
       parameters::PamAndTokens(),
       results::PamVerification(),
       {kNotPermitted, kUnavailable},
       PamConsume},
      {"pam.grace",
       Access::kUnidentified,
       "Was pam.note_login called for this user and place lately, and may its code stand for this"
       " login's? Never while the user's codes have to wait, and not once anything of the user's "
       "second"
       " factor has changed since: a device, the recovery codes, a bypass. For root's programs, and"
       " for trusted ones, which are told of their own notes of other hosts alone.",
       parameters::PamGrace(),
       results::PamGrace(),
       {kNotPermitted, kUnavailable},
       PamGrace},
      {"pam.note_login",
       Access::kUnidentified,
       "Notes a login with a code, for pam.grace. It is forgotten when the daemon ends."
       " For root's programs and trusted ones.",
       parameters::PamNoteLogin(),
       Shape::Null(),
       {kNotPermitted, kUnavailable},
       PamNoteLogin},
      {"pam.note_origin",
       Access::kUnidentified,
       "Notes from where a user logged in with a code: wrong codes from elsewhere are counted apart"
       " from then on. Answered before it is on disk. For root.",
       parameters::PamNoteOrigin(),
       Shape::Null(),
       {kNotPermitted, kUnavailable},
       PamNoteOrigin},
      {"pam.start_enrollment",
       Access::kUnidentified,
       "Makes a first secret for a user without a second factor, at a login; it counts only once"
       " pam.finish_enrollment saw a code of it. For root, and for oneself.",
       parameters::PamStartEnrollment(),
       results::PamEnrollment(),
       {kNotPermitted, kFactorRequired, kConflict, kRateLimited, kTimedOut, kUnavailable},
       PamStartEnrollment},
      {"pam.finish_enrollment",
       Access::kUnidentified,
       "Puts the secret of pam.start_enrollment on this connection into force, and uses the code"
       " up. For root, and for oneself.",
       parameters::PamFinishEnrollment(),
       results::PamEnrollmentEnd(),
       {kNotPermitted, kFactorRequired, kConflict, kTimedOut, kUnavailable},
       PamFinishEnrollment},
  };
}

}  // namespace

const std::vector<Method>& MethodTable() {
  static const std::vector<Method> kTable = MakeTable();
  return kTable;
}

const Method* FindMethod(std::string_view name) {
  const auto& table = MethodTable();
  const auto found = std::find_if(table.begin(), table.end(),
                                  [name](const Method& method) { return method.name == name; });
  return found == table.end() ? nullptr : &*found;
}

std::vector<ErrorCode> ErrorsOf(const Method& method) {
  std::vector<ErrorCode> errors = method.errors;
  if (!RolesFor(method.access).empty()) {
    errors.push_back(ErrorCode::kNotPermitted);
  }
  if (method.access != Access::kUnidentified) {
    // The caller is looked up.
    errors.push_back(ErrorCode::kTimedOut);
    errors.push_back(ErrorCode::kUnavailable);
  }
  return errors;
}

std::vector<std::string> RolesFor(Access access) {
  switch (access) {
    case Access::kUnidentified:
    case Access::kAnyone:
      return {};
    case Access::kAdmins:
      return {"FULL_ADMIN", "READONLY_ADMIN"};
    case Access::kFullAdmin:
      return {"FULL_ADMIN"};
  }
  return {};
}

bool MayCall(Access access, const Caller& caller) {
  switch (access) {
    case Access::kUnidentified:
    case Access::kAnyone:
      return true;
    case Access::kAdmins:
      return caller.full_admin || caller.readonly_admin;
    case Access::kFullAdmin:
      return caller.full_admin;
  }
  return false;
}

}  // namespace twofactor
