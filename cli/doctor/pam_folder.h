#ifndef TWOFACTOR_CLI_DOCTOR_PAM_FOLDER_H_
#define TWOFACTOR_CLI_DOCTOR_PAM_FOLDER_H_

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "cli/doctor/pam_stack.h"

namespace twofactor {

// What 'twofactorctl stack --write' puts behind the name of a service's file to keep it.
inline constexpr const char* kBeforeTwofactor = ".before-twofactor";

// The service files of a system, /etc/pam.d and /usr/lib/pam.d for what is not in the first, and
// the modules that they name.
class PamFolder {
 public:
  explicit PamFolder(std::string root) : root_(std::move(root)) {}

  // Every service that has a file, without what editors and packages leave beside them.
  std::set<std::string> Services() const;
  // Empty for a service without a file. The lines have the whole paths of their files, without the
  // root.
  PamStack StackOf(const std::string& service, const std::string& type = "auth") const;
  // The text of a service's file; none where there is no file that can be read.
  std::optional<std::string> TextOf(const std::string& service) const;
  // The file of a module that a line names as `path`.
  std::optional<std::string> FindModule(const std::string& path) const;

 private:
  // The path of a service's file in the system, none where there is no file that can be read.
  std::optional<std::string> FileOf(const std::string& name) const;

  std::string root_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_PAM_FOLDER_H_
