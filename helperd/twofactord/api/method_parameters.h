#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_PARAMETERS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_PARAMETERS_H_

#include "helperd/twofactord/api/parameters.h"

// What the methods of the table take.
namespace twofactor::parameters {

Parameters ConnectionOptions();
// auth.login_ex_continue's, and those of auth.login_ex.
Parameters LoginToken();
Parameters Login();
Parameters ServiceAndTarget();
Parameters Target();
Parameters EventName();
Parameters SubscriptionId();
Parameters GroupIds();
Parameters User();
Parameters UserAndOptions();
Parameters UserAndDeviceOptions();
Parameters UserAndDevice();
Parameters UserDeviceAndLabel();
Parameters UserDeviceAndTwoCodes();
Parameters UserAndBypass();
Parameters Import();
Parameters Passphrase();
Parameters Restore();
Parameters BackupPart();
Parameters After();
Parameters UserOfDevices();
Parameters StaleUsers();
Parameters TwoNames();
Parameters VaultKeyInPlace();
Parameters UserAndToken();
Parameters UserAndTokenOrNull();
Parameters UserQuery();
Parameters UserInstance();
Parameters GroupInstance();
Parameters Settings();
Parameters Pam();
Parameters PamAndTokens();
Parameters PamGrace();
Parameters PamNoteLogin();
Parameters PamNoteOrigin();
Parameters PamStartEnrollment();
Parameters PamFinishEnrollment();

}  // namespace twofactor::parameters

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_PARAMETERS_H_
