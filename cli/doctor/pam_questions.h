#ifndef TWOFACTOR_CLI_DOCTOR_PAM_QUESTIONS_H_
#define TWOFACTOR_CLI_DOCTOR_PAM_QUESTIONS_H_

#include <string>

#include "cli/doctor/finding.h"
#include "cli/doctor/pam_stack.h"

// What is asked in which line, and what the lines leave to each other. Pure functions.
namespace twofactor {

// Does another line take the password that was asked for in this one's place?
bool TakesFormerPassword(const PamLine& line);

// What is wrong with how the lines of `stack` pass the password on: options of the module that find
// nothing, and lines behind 'forward_pass' that take nothing or nothing else.
Findings JudgePasswords(const std::string& service, const PamStack& stack);

// Whether a program that is known to ask one question only (cli/stack/known_services.h) is to ask
// two, or is asked anew for each request.
Findings JudgeQuestions(const std::string& service, const PamStack& stack);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_PAM_QUESTIONS_H_
