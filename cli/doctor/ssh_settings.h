#ifndef TWOFACTOR_CLI_DOCTOR_SSH_SETTINGS_H_
#define TWOFACTOR_CLI_DOCTOR_SSH_SETTINGS_H_

#include <map>
#include <string>

#include "cli/doctor/finding.h"

namespace twofactor {

// sshd's effective configuration: what 'sshd -T' prints, by keyword in small letters.
using SshdSettings = std::map<std::string, std::string>;

SshdSettings ParseSshdSettings(const std::string& text);

// What would keep sshd from asking for a code, and what gets in without one. `code_with_password`:
// its stack takes both in one line, which the method 'password' can ask for. A pure function.
Findings JudgeSshd(const SshdSettings& settings, bool code_with_password);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_SSH_SETTINGS_H_
