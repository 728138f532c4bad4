#ifndef TWOFACTOR_CLI_DOCTOR_PAM_WALK_H_
#define TWOFACTOR_CLI_DOCTOR_PAM_WALK_H_

#include <cstddef>
#include <set>
#include <string_view>

#include "cli/doctor/pam_stack.h"

namespace twofactor {

// What a stack makes of one of its modules, whatever the others answer.
struct PamWalk {
  // The lines that led a login past the module, and it got in without the module being asked.
  std::set<std::size_t> led_past;
  // A login got in although the module refused it.
  bool refused_gets_in = false;
  // A login got in through the module's success; nobody does without such a way.
  bool accepted_gets_in = false;
  // The same, and no other module proved who it was, or was there for it and let it be.
  bool accepted_alone_gets_in = false;
  // A login got in that the module let be (PAM_IGNORE).
  bool ignored_gets_in = false;
  // The module may be asked once more after it succeeded.
  bool asked_again = false;
  // The module is asked although an earlier line has refused the login already.
  bool asked_after_refusal = false;
  // The module is asked before any other proved who it is, or was there for it and let it be.
  bool asked_unproved = false;
};

// Goes every way that pam_authenticate(3) can take through `stack`, by the rules of Linux-PAM's
// _pam_dispatch and with the answers of AnswersOf(). A pure function.
PamWalk WalkStack(const PamStack& stack, std::string_view module);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_PAM_WALK_H_
