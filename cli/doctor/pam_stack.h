#ifndef TWOFACTOR_CLI_DOCTOR_PAM_STACK_H_
#define TWOFACTOR_CLI_DOCTOR_PAM_STACK_H_

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace twofactor {

// One line of an auth stack (pam.conf(5)), with what it includes put in its place.
struct PamLine {
  std::string control;  // "required", or what stands in brackets: "success=1 default=ignore".
  std::string module;   // The file's name without its folder: "pam_unix.so".
  std::string path;     // As it stands there.
  std::vector<std::string> arguments;
  std::string file;  // The service file that it stands in.
  int number = 0;    // Of the line in that file, from 1; 0 where none is to blame.
  // How many substacks it is in: jumps and decisions do not leave theirs. A substack starts with a
  // line of the level outside that has the control "substack" and no module.
  int level = 0;
  // Why libpam cannot use the line, in words; it then refuses who comes to it. Empty where it can.
  std::string fault;
  // With a fault: libpam refuses everybody who uses the service, whatever the other lines say.
  bool breaks_service = false;
  bool installed = true;  // Is the module's file there?
};

using PamStack = std::vector<PamLine>;

inline constexpr std::array kPamTypes = {"auth", "account", "password", "session"};

// The text of a service's file, none where there is no such file.
using ReadService = std::function<std::optional<std::string>(const std::string& service)>;

// The stack of a service for a type of lines ("auth", "account", "password", "session"), with
// @include, include and substack followed as deep as libpam does. What libpam cannot use is in it
// with its fault; a line of no type counts as one of auth, as libpam takes it. A pure function of
// what `read` gives.
PamStack ReadPamStack(const std::string& service, const std::string& type, const ReadService& read);
PamStack ReadAuthStack(const std::string& service, const ReadService& read);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_PAM_STACK_H_
