#ifndef TWOFACTOR_CLI_DOCTOR_UNIT_CHECK_H_
#define TWOFACTOR_CLI_DOCTOR_UNIT_CHECK_H_

#include <string>

#include "cli/doctor/finding.h"
#include "cli/doctor/unit_files.h"

namespace twofactor {

// What of a unit keeps root's program from the live store in /run/twofactor. `service` is the PAM
// service that the program asks. A pure function.
Findings JudgeUnit(const UnitFile& unit, const std::string& service);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_UNIT_CHECK_H_
