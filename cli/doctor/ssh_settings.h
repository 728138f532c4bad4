#ifndef TWOFACTOR_CLI_DOCTOR_SSH_SETTINGS_H_
#define TWOFACTOR_CLI_DOCTOR_SSH_SETTINGS_H_

#include <map>
#include <string>

#include "cli/doctor/finding.h"

namespace twofactor {

// sshd's effective configuration: what 'sshd -T' prints, by keyword in small letters.
using SshdSettings = std::map<std::string, std::string>;

SshdSettings ParseSshdSettings(const std::string& text);

// Whom settings are for.
struct SshdScope {
  // As findings name it: "sshd", or one of its blocks.
  std::string name = "sshd";
  // For some connections only (Match).
  bool is_block = false;
};

// What would keep sshd from asking for a code, and what gets in without one. `code_with_password`:
// its stack takes both in one line, which the method 'password' can ask for. A pure function.
Findings JudgeSshd(const SshdSettings& settings, bool code_with_password,
                   const SshdScope& scope = {});

// Whether root gets in with a code, by the settings for a connection of root: with
// 'PermitRootLogin prohibit-password' sshd takes no answer from root. A pure function.
Findings JudgeRootLogin(const SshdSettings& settings, const SshdScope& scope = {});

// The PAM service that sshd asks.
std::string PamServiceOf(const SshdSettings& settings);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_SSH_SETTINGS_H_
