#ifndef TWOFACTOR_CLI_DOCTOR_PAM_STACK_H_
#define TWOFACTOR_CLI_DOCTOR_PAM_STACK_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twofactor {

// One line of an auth stack (pam.conf(5)), with what it includes put in its place.
struct PamLine {
  std::string control;  // "required", "[success=1 default=ignore]", …
  std::string module;   // The file's name without its folder: "pam_unix.so".
  std::vector<std::string> arguments;
  std::string file;  // The service file that it stands in.
};

// The text of a service's file, none where there is no such file.
using ReadService = std::function<std::optional<std::string>(const std::string& service)>;

// The auth stack of a service, with @include, include and substack followed, at most 16 deep.
std::vector<PamLine> ReadAuthStack(const std::string& service, const ReadService& read);

// How many of the lines after it `line` jumps over when its module succeeds: 0 for none, -1 where
// the stack ends with success.
int SkippedOnSuccess(const PamLine& line);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_PAM_STACK_H_
