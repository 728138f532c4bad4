#ifndef TWOFACTOR_CLI_DOCTOR_PAM_FOLDER_H_
#define TWOFACTOR_CLI_DOCTOR_PAM_FOLDER_H_

#include <set>
#include <string>
#include <utility>

#include "cli/doctor/pam_stack.h"

namespace twofactor {

// The service files of a system: /etc/pam.d, and /usr/lib/pam.d for what is not in the first.
class PamFolder {
 public:
  explicit PamFolder(std::string root) : root_(std::move(root)) {}

  // Every service that has a file, without what editors and packages leave beside them.
  std::set<std::string> Services() const;
  // Empty for a service without a file.
  PamStack StackOf(const std::string& service) const;

 private:
  std::string root_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_PAM_FOLDER_H_
