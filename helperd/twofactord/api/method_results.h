#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_RESULTS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_RESULTS_H_

#include "helperd/messages/shape.h"

// What the methods of the table answer; a user's entry is in user_entry_shape.h.
namespace twofactor::results {

Shape Methods();
Shape Health();
Shape AcceptedTime();
Shape Me();
Shape Login();
Shape LoginOrDenial();
Shape Services();
Shape Jobs();
Shape SystemInformation();
Shape GroupQuery();
Shape UserQuery();
Shape Settings();
Shape Bypass();
Shape Bypasses();
Shape Devices();
Shape RecoveryCodes();
Shape Imported();
Shape BackupStarted();
Shape BackupPart();
Shape RestoreStarted();
Shape Restored();
Shape StaleFactors();
Shape RemovedStaleFactors();
Shape RenamedUser();
Shape UpkeepDone();
Shape RekeyStarted();
Shape RekeyPart();
Shape PamState();
Shape PamVerification();
Shape PamGrace();
Shape PamEnrollment();
Shape PamEnrollmentEnd();

}  // namespace twofactor::results

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_RESULTS_H_
