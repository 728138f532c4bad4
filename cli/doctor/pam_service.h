#ifndef TWOFACTOR_CLI_DOCTOR_PAM_SERVICE_H_
#define TWOFACTOR_CLI_DOCTOR_PAM_SERVICE_H_

#include <string>

#include "cli/doctor/finding.h"
#include "cli/doctor/pam_stack.h"

namespace twofactor {

inline constexpr const char* kPamModule = "pam_twofactor.so";

bool AsksForCode(const PamStack& stack);

// Does the module take password and code in one line (forward_pass), for the lines after it?
bool TakesPasswordWithCode(const PamStack& stack);

// Where a line stands, for people: "/etc/pam.d/sshd:7".
std::string PlaceOf(const PamLine& line);

// What is to be said of the lines of another type ("account") that name the module. A pure
// function.
Findings JudgeOtherType(const std::string& service, const std::string& type, const PamStack& stack);

// What is to be said of a service whose stack asks for a code: which lines let a login by, whether
// anybody gets in at all, and what is wrong with the options. A pure function.
Findings JudgeService(const std::string& service, const PamStack& stack);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_PAM_SERVICE_H_
