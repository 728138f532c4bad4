#ifndef TWOFACTOR_CLI_DOCTOR_SSH_PATTERN_H_
#define TWOFACTOR_CLI_DOCTOR_SSH_PATTERN_H_

#include <string>
#include <string_view>
#include <vector>

// The patterns of sshd's Match lines (ssh_config(5), PATTERNS). Pure functions.
namespace twofactor {

// The entries of a list that is divided by commas, with their "!".
std::vector<std::string> SshEntriesOf(const std::string& list);

// Whether an entry of the list matches `text` and none with a "!" does, as sshd decides it. "*"
// stands for any characters, "?" for one.
bool MatchesSshPatterns(std::string_view text, const std::string& list);

// The same for an IPv4 or IPv6 address, where an entry may also be a network ("10.0.0.0/8").
bool MatchesSshAddresses(const std::string& address, const std::string& list);

// Texts that a pattern might match, for a caller that looks for one that does.
std::vector<std::string> SshSamplesOf(const std::string& entry);

// Addresses that an entry of a list of addresses might match: some of the network, or those that a
// pattern gives.
std::vector<std::string> SshAddressSamplesOf(const std::string& entry);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_SSH_PATTERN_H_
