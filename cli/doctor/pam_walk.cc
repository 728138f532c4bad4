#include "cli/doctor/pam_walk.h"

#include <array>
#include <utility>

#include "cli/doctor/pam_control.h"

namespace twofactor {
namespace {

using Kind = PamAction::Kind;

// What libpam thinks of the login so far.
enum class Impression { kNone, kGood, kBad };
// What the module that is looked for said.
enum class Said { kNothing, kYes, kNo };

// Where a way through the stack is.
struct Place {
  std::size_t line;
  Impression impression = Impression::kNone;
  Said said = Said::kNothing;
  // The line that jumped or decided last; one behind the end for none.
  std::size_t led_by;

  friend auto operator<=>(const Place&, const Place&) = default;
};

constexpr std::string_view kSuccess = "success";
constexpr std::string_view kIgnore = "ignore";
// Answers that modules refuse with; the ones that controls name.
constexpr std::array<std::string_view, 10> kRefusals = {
    "auth_err",    "authinfo_unavail", "user_unknown", "maxtries",     "perm_denied",
    "service_err", "conv_err",         "buf_err",      "acct_expired", "new_authtok_reqd"};

class Walker {
 public:
  Walker(const PamStack& stack, std::string_view module) : stack_(stack), module_(module) {}

  PamWalk Walk() {
    Visit({.line = 0, .led_by = stack_.size()});
    return std::move(walk_);
  }

 private:
  void Visit(const Place& place) {
    if (!seen_.insert(place).second) {
      return;
    }
    if (place.line >= stack_.size()) {
      Arrive(place);
      return;
    }
    const std::string& module = stack_[place.line].module;
    if (module.empty()) {
      Visit({place.line + 1, place.impression, place.said, place.led_by});
      return;
    }
    if (module != "pam_deny.so" && module != "pam_rootok.so") {
      Take(place, kSuccess);
    }
    if (module == "pam_permit.so") {
      return;
    }
    for (const std::string_view refusal : kRefusals) {
      Take(place, refusal);
    }
    if (module != "pam_deny.so") {
      Take(place, kIgnore);
    }
  }

  void Arrive(const Place& place) {
    if (place.impression != Impression::kGood) {
      return;
    }
    switch (place.said) {
      case Said::kNothing:
        walk_.led_past.insert(place.led_by);
        break;
      case Said::kYes:
        walk_.accepted_gets_in = true;
        break;
      case Said::kNo:
        walk_.refused_gets_in = true;
        break;
    }
  }

  // Goes on from a line whose module gave this answer.
  void Take(const Place& place, std::string_view answer) {
    const PamLine& line = stack_[place.line];
    const PamAction action = ActionFor(line.control, answer);
    Place next = place;
    if (line.module == module_) {
      next.said = answer == kSuccess || answer == kIgnore ? Said::kYes : Said::kNo;
    }
    next.impression = Judge(place.impression, action.kind, answer);
    next.line = place.line + 1;
    if (action.kind == Kind::kJump) {
      Jump(action.lines, next);
    } else if (action.kind == Kind::kDie ||
               (action.kind == Kind::kDone && next.impression == Impression::kGood)) {
      next.line = EndOfLevel(place.line);
    }
    if (next.line != place.line + 1) {
      next.led_by = place.line;
    }
    Visit(next);
  }

  static Impression Judge(Impression before, Kind kind, std::string_view answer) {
    switch (kind) {
      case Kind::kBad:
      case Kind::kDie:
        return Impression::kBad;
      case Kind::kReset:
        return Impression::kNone;
      case Kind::kOk:
      case Kind::kDone:
        // An accepted answer is the login's: one that is no success refuses it.
        return before != Impression::kBad && answer == kSuccess ? Impression::kGood
                                                                : Impression::kBad;
      case Kind::kIgnore:
      case Kind::kJump:
        break;
    }
    return before;
  }

  // A substack is jumped over as one line; jumping too far refuses the login.
  void Jump(int lines, Place& next) const {
    const std::size_t start = next.line - 1;
    const int level = stack_[start].level;
    std::size_t at = start + 1;
    for (; lines > 0 && at < stack_.size() && stack_[at].level >= level; --lines) {
      ++at;
      while (at < stack_.size() && stack_[at].level > level) {
        ++at;
      }
    }
    next.line = at;
    if (lines > 0) {
      next.impression = Impression::kBad;
    }
  }

  std::size_t EndOfLevel(std::size_t line) const {
    const int level = stack_[line].level;
    while (line < stack_.size() && stack_[line].level >= level) {
      ++line;
    }
    return line;
  }

  const PamStack& stack_;
  std::string_view module_;
  std::set<Place> seen_;
  PamWalk walk_;
};

}  // namespace

PamWalk WalkStack(const PamStack& stack, std::string_view module) {
  return Walker(stack, module).Walk();
}

}  // namespace twofactor
