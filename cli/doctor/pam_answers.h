#ifndef TWOFACTOR_CLI_DOCTOR_PAM_ANSWERS_H_
#define TWOFACTOR_CLI_DOCTOR_PAM_ANSWERS_H_

#include <set>
#include <tuple>

#include "cli/doctor/pam_control.h"
#include "cli/doctor/pam_stack.h"

namespace twofactor {

// What a line's module says, as far as it matters for a way through the stack, and what libpam does
// then.
struct PamAnswer {
  enum class Word { kSuccess, kIgnore, kOther };

  Word word;
  PamAction action;

  friend bool operator<(const PamAnswer& a, const PamAnswer& b) {
    return std::tie(a.word, a.action) < std::tie(b.word, b.action);
  }
};

// Every answer of a line that makes a difference. One that is broken refuses; a module that is not
// installed is unknown to libpam. A pure function.
std::set<PamAnswer> AnswersOfLine(const PamLine& line);

// What libpam thinks of a login so far. kFrozen: an answer other than success was accepted as the
// login's own, which refuses it.
enum class Impression { kNone, kGood, kFrozen, kBad };

// What it thinks after an answer. `entered` is what it thought when the substack that it is in
// began.
Impression After(Impression before, const PamAnswer& answer, Impression entered);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_PAM_ANSWERS_H_
