#ifndef TWOFACTOR_CLI_DOCTOR_FINDING_H_
#define TWOFACTOR_CLI_DOCTOR_FINDING_H_

#include <string>
#include <vector>

namespace twofactor {

// One thing that doctor looked at, in plain words.
struct Finding {
  enum class Level { kOk, kWarning, kProblem };

  Level level;
  std::string id;      // For scripts; never changes: "pam.sshd.skipped".
  std::string text;    // What is so.
  std::string advice;  // What to do; empty where nothing is.
};

using Findings = std::vector<Finding>;

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_FINDING_H_
