#ifndef TWOFACTOR_CLI_DOCTOR_SSH_CONFIG_H_
#define TWOFACTOR_CLI_DOCTOR_SSH_CONFIG_H_

#include <string>
#include <vector>

namespace twofactor {

// One condition of a Match line: "user" and "alice,bob".
struct SshCriterion {
  std::string attribute;  // In small letters.
  std::string patterns;   // Empty for those without a value, such as "all".

  friend bool operator==(const SshCriterion&, const SshCriterion&) = default;
};

// A block of sshd's configuration that counts for some connections only (sshd_config(5), Match).
struct SshBlock {
  std::string text;   // "Match User alice".
  std::string place;  // "/etc/ssh/sshd_config:12".
  // All of them have to hold; those of a block around it, which includes its file, are among them.
  std::vector<SshCriterion> criteria;
};

// The blocks of a configuration and of the files that it includes, in the order in which sshd reads
// them. `file` is a path in the tree `root`. What cannot be read has no blocks: sshd itself
// complains of it.
std::vector<SshBlock> ReadSshBlocks(const std::string& root, const std::string& file);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_SSH_CONFIG_H_
