#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_METHODS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_METHODS_H_

#include "helperd/twofactord/api/call.h"
#include "helperd/twofactord/policy/permits.h"

// The handlers that the method table names, in methods_*.cc by family. The gate calls them, with
// the permit that they take. Each answers its call exactly once.
namespace twofactor::methods {

void Ping(const CallPtr& call);
void SetOptions(const CallPtr& call);
void GetMethods(const CallPtr& call);
void Health(const CallPtr& call);
void AcceptTime(const CallPtr& call, const RootPermit& permit);
void GetServices(const CallPtr& call);
void GetJobs(const CallPtr& call);
void Subscribe(const CallPtr& call);
void Unsubscribe(const CallPtr& call);
void SystemVersion(const CallPtr& call);
void SystemHostname(const CallPtr& call);
void SystemInformation(const CallPtr& call);

void Me(const CallPtr& call);
void LoginExContinue(const CallPtr& call, const OwnPermit& permit);
void LoginEx(const CallPtr& call, const OwnPermit& permit);
void MechanismChoices(const CallPtr& call);
void Logout(const CallPtr& call);

void RenewSecret(const CallPtr& call, const RenewalPermit& permit);
void StartEnrollment(const CallPtr& call, const RenewalPermit& permit);
void FinishEnrollment(const CallPtr& call, const RenewalPermit& permit);

void ListDevices(const CallPtr& call, const ViewPermit& permit);
void RenameDevice(const CallPtr& call, const RenewalPermit& permit);
void RemoveDevice(const CallPtr& call, const RenewalPermit& permit);
void ResyncDevice(const CallPtr& call, const VerificationPermit& permit);
void RenewRecoveryCodes(const CallPtr& call, const RenewalPermit& permit);
void ClearThrottle(const CallPtr& call, const AdministrationPermit& permit);
void ImportDevices(const CallPtr& call, const AdministrationPermit& permit);

void SetBypass(const CallPtr& call, const AdministrationPermit& permit);
void EndBypass(const CallPtr& call, const AdministrationPermit& permit);
void ListBypasses(const CallPtr& call);
// As the API answers a bypass.
nlohmann::json DescribeBypass(const StoredBypass& bypass);

void StartBackup(const CallPtr& call, const RootPermit& permit);
void NextOfBackup(const CallPtr& call, const RootPermit& permit);
void StartRestore(const CallPtr& call, const RootPermit& permit);
void NextOfRestore(const CallPtr& call, const RootPermit& permit);

void StaleFactors(const CallPtr& call);
void RemoveStaleFactors(const CallPtr& call, const AdministrationPermit& permit);
void RenameUser(const CallPtr& call, const AdministrationPermit& permit);
void Upkeep(const CallPtr& call, const AdministrationPermit& permit);
void StartRekey(const CallPtr& call, const RootPermit& permit);
void NextOfRekey(const CallPtr& call, const RootPermit& permit);
void FinishRekey(const CallPtr& call, const RootPermit& permit);

void UnsetSecret(const CallPtr& call, const AdministrationPermit& permit);
void UserTwofactorConfig(const CallPtr& call, const ViewPermit& permit);
void VerifyToken(const CallPtr& call, const VerificationPermit& permit);
void ShellChoices(const CallPtr& call);
void QueryUsers(const CallPtr& call);
void GetInstance(const CallPtr& call);
void QueryGroups(const CallPtr& call);
void GetGroupInstance(const CallPtr& call);

void SettingsConfig(const CallPtr& call);
void SettingsUpdate(const CallPtr& call, const AdministrationPermit& permit);

void PamState(const CallPtr& call, const VerificationPermit& permit);
void PamVerify(const CallPtr& call, const VerificationPermit& permit);
void PamConsume(const CallPtr& call, const LoginPermit& permit);
void PamGrace(const CallPtr& call, const LoginPermit& permit);
void PamNoteLogin(const CallPtr& call, const LoginPermit& permit);
void PamNoteOrigin(const CallPtr& call, const LoginPermit& permit);
void PamStartEnrollment(const CallPtr& call, const RenewalPermit& permit);
void PamFinishEnrollment(const CallPtr& call, const RenewalPermit& permit);

}  // namespace twofactor::methods

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_METHODS_H_
