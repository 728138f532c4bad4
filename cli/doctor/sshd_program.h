#ifndef TWOFACTOR_CLI_DOCTOR_SSHD_PROGRAM_H_
#define TWOFACTOR_CLI_DOCTOR_SSHD_PROGRAM_H_

#include <string>

#include "cli/doctor/ssh_settings.h"

namespace twofactor {

// What sshd says of its configuration.
struct SshdAnswer {
  SshdSettings settings;  // Empty where it refuses.
  std::string complaint;  // Why it refuses, in its own words; one line.
};

// Asks 'sshd -T' of the configuration `file` (sshd's own where that is empty) for the settings of a
// connection, written as SshConnection::ToSpecification() does. Needs root.
SshdAnswer AskSshd(const std::string& program, const std::string& file,
                   const std::string& connection);

// The line of what sshd printed that says why it refuses: not one of an old option that it passes
// over. A pure function.
std::string ComplaintIn(const std::string& output);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_SSHD_PROGRAM_H_
