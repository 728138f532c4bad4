#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_METHODS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_METHODS_H_

#include "helperd/twofactord/api/call.h"

// The handlers that the method table names, by family: methods_core.cc, methods_auth.cc,
// methods_backup.cc, methods_bypass.cc, methods_devices.cc, methods_events.cc, methods_group.cc,
// methods_import.cc, methods_user.cc, methods_renewal.cc, methods_query.cc, methods_rekey.cc,
// methods_settings.cc, methods_stale.cc, methods_system.cc, methods_pam*.cc. Each answers its call
// exactly once.
namespace twofactor::methods {

void Ping(const CallPtr& call);
void SetOptions(const CallPtr& call);
void GetMethods(const CallPtr& call);
void Health(const CallPtr& call);
void AcceptTime(const CallPtr& call);
void GetServices(const CallPtr& call);
void GetJobs(const CallPtr& call);
void Subscribe(const CallPtr& call);
void Unsubscribe(const CallPtr& call);
void SystemVersion(const CallPtr& call);
void SystemHostname(const CallPtr& call);
void SystemInformation(const CallPtr& call);

void Me(const CallPtr& call);
void LoginExContinue(const CallPtr& call);
void LoginEx(const CallPtr& call);
void MechanismChoices(const CallPtr& call);
void Logout(const CallPtr& call);

void RenewSecret(const CallPtr& call);
void StartEnrollment(const CallPtr& call);
void FinishEnrollment(const CallPtr& call);

void ListDevices(const CallPtr& call);
void RenameDevice(const CallPtr& call);
void RemoveDevice(const CallPtr& call);
void ResyncDevice(const CallPtr& call);
void RenewRecoveryCodes(const CallPtr& call);
void ClearThrottle(const CallPtr& call);
void ImportDevices(const CallPtr& call);

void SetBypass(const CallPtr& call);
void EndBypass(const CallPtr& call);
void ListBypasses(const CallPtr& call);
// As the API answers a bypass.
nlohmann::json DescribeBypass(const StoredBypass& bypass);

void StartBackup(const CallPtr& call);
void NextOfBackup(const CallPtr& call);
void StartRestore(const CallPtr& call);
void NextOfRestore(const CallPtr& call);

void StaleFactors(const CallPtr& call);
void RemoveStaleFactors(const CallPtr& call);
void RenameUser(const CallPtr& call);
void Upkeep(const CallPtr& call);
void StartRekey(const CallPtr& call);
void NextOfRekey(const CallPtr& call);
void FinishRekey(const CallPtr& call);

void UnsetSecret(const CallPtr& call);
void UserTwofactorConfig(const CallPtr& call);
void VerifyToken(const CallPtr& call);
void ShellChoices(const CallPtr& call);
void QueryUsers(const CallPtr& call);
void GetInstance(const CallPtr& call);
void QueryGroups(const CallPtr& call);
void GetGroupInstance(const CallPtr& call);

void SettingsConfig(const CallPtr& call);
void SettingsUpdate(const CallPtr& call);

void PamState(const CallPtr& call);
void PamVerify(const CallPtr& call);
void PamConsume(const CallPtr& call);
void PamGrace(const CallPtr& call);
void PamNoteLogin(const CallPtr& call);
void PamNoteOrigin(const CallPtr& call);
void PamStartEnrollment(const CallPtr& call);
void PamFinishEnrollment(const CallPtr& call);

}  // namespace twofactor::methods

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_METHODS_H_
