#ifndef TWOFACTOR_CLI_DOCTOR_SSH_CONNECTION_H_
#define TWOFACTOR_CLI_DOCTOR_SSH_CONNECTION_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/doctor/ssh_config.h"

namespace twofactor {

// What sshd's Match lines ask about a connection.
struct SshConnection {
  std::string user;
  std::string host;
  std::string address;
  std::string local_address;
  std::string local_port;
  std::string routing_domain;  // Empty where no block asks for one.

  // As 'sshd -T -C' takes it.
  std::string ToSpecification() const;
};

// The users and groups of this machine, as far as they can be listed.
struct SshPeople {
  std::function<std::vector<std::string>()> users;
  std::function<std::vector<std::string>(const std::string& group)> members;
  std::function<std::vector<std::string>()> groups;
  std::function<std::vector<std::string>(const std::string& user)> groups_of;
};

// Those that NSS tells of: some thousands at most, and what a directory does not list is missing.
SshPeople PeopleOfSystem();

// A connection that all criteria of `block` hold for, and as few of the other blocks' as possible;
// by the user `user` where one is named. None where there is none that can be found: a group
// without members, a criterion that is not known here, patterns that exclude each other.
std::optional<SshConnection> FindConnection(const SshBlock& block,
                                            const std::vector<SshBlock>& blocks,
                                            const SshPeople& people, const std::string& user = "");

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_SSH_CONNECTION_H_
