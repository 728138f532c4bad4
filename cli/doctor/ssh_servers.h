#ifndef TWOFACTOR_CLI_DOCTOR_SSH_SERVERS_H_
#define TWOFACTOR_CLI_DOCTOR_SSH_SERVERS_H_

#include <set>
#include <string>
#include <vector>

namespace twofactor {

// The configuration that a command line gives to sshd ("-f FILE"); empty where it gives none, or is
// not one of sshd. `words` may be what a running sshd calls itself ("sshd: /usr/sbin/sshd -D -f
// FILE [listener] ..."). A pure function.
std::string SshdConfigIn(const std::vector<std::string>& words);

// The configurations of further sshds: of units that are enabled, and of processes that run. `root`
// is the tree of /etc/systemd, /usr/lib/systemd and /proc.
std::set<std::string> FindSshdConfigs(const std::string& root);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_SSH_SERVERS_H_
