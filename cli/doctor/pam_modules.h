#ifndef TWOFACTOR_CLI_DOCTOR_PAM_MODULES_H_
#define TWOFACTOR_CLI_DOCTOR_PAM_MODULES_H_

#include <string_view>
#include <vector>

// What the modules of Linux-PAM and of the usual distributions do. Pure functions.
namespace twofactor {

// Does it decide by who or where somebody is? With such a module an administrator lets some skip
// the factor on purpose.
bool IsCondition(std::string_view module);

// Does its success show that somebody is who they say: a password, a fingerprint, a ticket? Our own
// does not count. A module that is not known does.
bool ProvesIdentity(std::string_view module);

// What it may answer, of kPamAnswers: pam_deny refuses, pam_permit does not, any other may answer
// anything. pam_rootok counts as refusing: who is root already needs no code.
std::vector<std::string_view> AnswersOf(std::string_view module);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_PAM_MODULES_H_
