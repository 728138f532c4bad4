#ifndef TWOFACTOR_CLI_DOCTOR_SSH_CHECK_H_
#define TWOFACTOR_CLI_DOCTOR_SSH_CHECK_H_

#include <string>

#include "cli/doctor/finding.h"
#include "cli/doctor/ssh_connection.h"

namespace twofactor {

// Where sshds are looked for, and with what.
struct SshdHost {
  std::string program;  // Answers 'sshd -T'.
  std::string root;     // The tree of /etc/ssh, /etc/pam.d, the units and the processes.
  SshPeople people;
};

// Judges each sshd of a host: the usual one, and those that units or processes give a configuration
// of their own (-f). Of each, what counts for everybody, for root and for each block of Match.
Findings CheckSshServers(const SshdHost& host);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_SSH_CHECK_H_
