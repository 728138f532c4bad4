#ifndef TWOFACTOR_CLI_DOCTOR_PAM_CONTROL_H_
#define TWOFACTOR_CLI_DOCTOR_PAM_CONTROL_H_

#include <string_view>

namespace twofactor {

// What libpam does after a module's answer (pam.conf(5), CONTROL).
struct PamAction {
  enum class Kind { kIgnore, kOk, kDone, kBad, kDie, kReset, kJump };

  Kind kind;
  int lines = 0;  // kJump: how many are jumped over.

  friend bool operator==(const PamAction&, const PamAction&) = default;
};

// The action that `control` ("required", "[success=1 default=ignore]", …) has for an answer,
// written as there: "success", "ignore", "auth_err". What libpam does not understand is kBad.
PamAction ActionFor(std::string_view control, std::string_view answer);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_PAM_CONTROL_H_
