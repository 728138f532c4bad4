#include "helperd/twofactord/api/method_table.h"

#include <algorithm>
#include <array>

namespace twofactor {
namespace {

// clang-format off
constexpr auto MakeTable() {
  using namespace methods;
  using enum Access;
  return std::to_array<Method>({
    {"core.ping", kAnybody, Ping},
    {"core.set_options", kAnybody, SetOptions},
    {"core.get_methods", kAnybody, GetMethods},
    {"core.get_services", kAnybody, GetServices},
    {"core.get_jobs", kAnybody, GetJobs},
    {"core.subscribe", kOwnEntriesOrAdmins, Subscribe},
    {"core.unsubscribe", kAnybody, Unsubscribe},
    {"core.health", kAdmins, Health},
    {"auth.me", kIdentified, Me},
    {"auth.login_ex_continue", kSelf, LoginExContinue},
    {"auth.login_ex", kSelf, LoginEx},
    {"auth.mechanism_choices", kAnybody, MechanismChoices},
    {"auth.logout", kAnybody, Logout},
    {"system.version", kAnybody, SystemVersion},
    {"system.hostname", kAnybody, SystemHostname},
    {"system.info", kAnybody, SystemInformation},
    {"user.renew_2fa_secret", kNewSecret, RenewSecret},
    {"user.start_2fa_enrollment", kNewSecret, StartEnrollment},
    {"user.finish_2fa_enrollment", kNewSecret, FinishEnrollment},
    {"user.list_2fa_devices", kSelfOrAdmins, ListDevices},
    {"user.rename_2fa_device", kProvenSelfOrFullAdmin, RenameDevice},
    {"user.remove_2fa_device", kProvenSelfOrFullAdmin, RemoveDevice},
    {"user.resync_2fa_device", kSelfOrFullAdmin, ResyncDevice},
    {"user.renew_recovery_codes", kProvenSelfOrFullAdmin, RenewRecoveryCodes},
    {"user.clear_2fa_throttle", kFullAdmin, ClearThrottle},
    {"user.set_2fa_bypass", kFullAdmin, SetBypass},
    {"user.end_2fa_bypass", kFullAdmin, EndBypass},
    {"user.list_2fa_bypasses", kAdmins, ListBypasses},
    {"user.import_2fa_devices", kFullAdmin, ImportDevices},
    {"backup.start", kRoot, StartBackup},
    {"backup.next", kRoot, NextOfBackup},
    {"restore.start", kRoot, StartRestore},
    {"restore.next", kRoot, NextOfRestore},
    {"twofactor.stale_factors", kAdmins, StaleFactors},
    {"twofactor.remove_stale_factors", kFullAdmin, RemoveStaleFactors},
    {"twofactor.rename_user", kFullAdmin, RenameUser},
    {"twofactor.accept_time", kRoot, AcceptTime},
    {"twofactor.upkeep", kFullAdmin, Upkeep},
    {"rekey.start", kRoot, StartRekey},
    {"rekey.next", kRoot, NextOfRekey},
    {"rekey.finish", kRoot, FinishRekey},
    {"user.unset_2fa_secret", kFullAdmin, UnsetSecret},
    {"user.twofactor_config", kSelfOrAdmins, UserTwofactorConfig},
    {"user.verify_twofactor_token", kVerify, VerifyToken},
    {"user.shell_choices", kIdentified, ShellChoices},
    {"user.query", kOwnEntriesOrAdmins, QueryUsers},
    {"user.get_instance", kOwnEntriesOrAdmins, GetInstance},
    {"group.query", kOwnEntriesOrAdmins, QueryGroups},
    {"group.get_instance", kOwnEntriesOrAdmins, GetGroupInstance},
    {"auth.twofactor.config", kAdmins, SettingsConfig},
    {"auth.twofactor.update", kFullAdmin, SettingsUpdate},
    {"pam.state", kApplication, PamState},
    {"pam.verify", kApplication, PamVerify},
    {"pam.consume", kRoot, PamConsume},
    {"pam.grace", kTrustedApplication, PamGrace},
    {"pam.note_login", kTrustedApplication, PamNoteLogin},
    {"pam.note_origin", kRoot, PamNoteOrigin},
    {"pam.start_enrollment", kEnrollment, PamStartEnrollment},
    {"pam.finish_enrollment", kEnrollment, PamFinishEnrollment},
  });
}
// clang-format on
constexpr auto kTable = MakeTable();

template <typename... Permit>
constexpr bool Takes(const Method& method) {
  return std::holds_alternative<Handler<Permit...>>(method.handler);
}

// Does the handler take a permit that its access gives?
constexpr bool Fits(const Method& method) {
  using enum Access;
  switch (method.access) {
    case kAnybody:
    case kIdentified:
    case kOwnEntriesOrAdmins:
    case kAdmins:
      return Takes<>(method);
    case kSelf:
      return Takes<OwnPermit>(method);
    case kSelfOrAdmins:
      return Takes<ViewPermit>(method);
    case kSelfOrFullAdmin:
    case kVerify:
    case kApplication:
      return Takes<VerificationPermit>(method);
    case kProvenSelfOrFullAdmin:
    case kNewSecret:
    case kEnrollment:
      return Takes<RenewalPermit>(method);
    case kFullAdmin:
      return Takes<AdministrationPermit>(method);
    case kRoot:
      return Takes<RootPermit>(method) || Takes<LoginPermit>(method);
    case kTrustedApplication:
      return Takes<LoginPermit>(method);
  }
  return false;
}
static_assert(std::all_of(kTable.begin(), kTable.end(), Fits));

}  // namespace

std::span<const Method> MethodTable() { return kTable; }

const Method* FindMethod(std::string_view name) {
  const auto* found = std::find_if(kTable.begin(), kTable.end(),
                                   [name](const Method& method) { return method.name == name; });
  return found == kTable.end() ? nullptr : found;
}

}  // namespace twofactor
