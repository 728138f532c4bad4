#ifndef TWOFACTOR_CLI_DOCTOR_PAM_WALK_H_
#define TWOFACTOR_CLI_DOCTOR_PAM_WALK_H_

#include <cstddef>
#include <set>
#include <string_view>

#include "cli/doctor/pam_stack.h"

namespace twofactor {

// What a stack makes of one of its modules, whatever the others answer.
struct PamWalk {
  // The lines that may lead a login to success without the module being asked.
  std::set<std::size_t> led_past;
  // A login gets in although the module refused it.
  bool refused_gets_in = false;
  // There is a way in through the module at all.
  bool accepted_gets_in = false;
};

// Goes every way that pam_authenticate(3) can take through `stack`, by the rules of Linux-PAM's
// _pam_dispatch: pam_deny always refuses, pam_permit never does, every other module may succeed,
// refuse or not care. pam_rootok counts as refusing: who is root already needs no code. A pure
// function.
PamWalk WalkStack(const PamStack& stack, std::string_view module);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_PAM_WALK_H_
