#include "cli/doctor/pam_walk.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "cli/doctor/pam_answers.h"
#include "cli/doctor/pam_modules.h"

namespace twofactor {
namespace {

using Kind = PamAction::Kind;
using Word = PamAnswer::Word;

// What the module that is looked for said; a success counts, whatever came before and after.
enum class Said { kNothing, kIgnore, kNo, kYes };

// Where a way through the stack is.
struct Place {
  std::size_t line = 0;
  Impression impression = Impression::kNone;
  Said said = Said::kNothing;
  bool proved = false;     // Another module has shown who it is.
  std::size_t led_by = 0;  // The last line that led past the module.
  // What was thought of the login when each of the substacks around was entered.
  std::vector<Impression> entered = {};

  friend bool operator<(const Place& a, const Place& b) {
    const auto all = [](const Place& place) {
      return std::tie(place.line, place.impression, place.said, place.proved, place.led_by,
                      place.entered);
    };
    return all(a) < all(b);
  }
};

class Walker {
 public:
  Walker(const PamStack& stack, std::string_view module) : stack_(stack), module_(module) {
    for (const PamLine& line : stack) {
      answers_.push_back(AnswersOfLine(line));
    }
  }

  PamWalk Walk() {
    Visit({});
    while (!pending_.empty()) {
      const Place place = std::move(pending_.back());
      pending_.pop_back();
      Leave(place);
    }
    return std::move(walk_);
  }

 private:
  void Visit(Place place) {
    if (place.line >= stack_.size()) {
      Arrive(place);
      return;
    }
    const auto level = static_cast<std::size_t>(stack_[place.line].level);
    if (place.entered.size() != level) {
      // A level deeper is a substack that is entered here.
      place.entered.resize(level, place.impression);
    }
    if (seen_.insert(place).second) {
      pending_.push_back(std::move(place));
    }
  }

  void Leave(const Place& place) {
    const PamLine& line = stack_[place.line];
    if (line.module.empty() && line.fault.empty()) {
      Place next = place;
      ++next.line;
      Visit(std::move(next));
      return;
    }
    for (const PamAnswer& answer : answers_[place.line]) {
      Take(place, answer);
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
      case Said::kIgnore:
        walk_.ignored_gets_in = true;
        break;
      case Said::kNo:
        walk_.refused_gets_in = true;
        break;
      case Said::kYes:
        walk_.accepted_gets_in = true;
        walk_.accepted_alone_gets_in |= !place.proved;
        break;
    }
  }

  // Goes on from a line whose module gave this answer.
  void Take(const Place& place, const PamAnswer& answer) {
    const PamLine& line = stack_[place.line];
    Place next = place;
    if (line.module == module_) {
      Hear(place, answer.word, next);
    }
    next.proved = place.proved || (answer.word != Word::kOther && ProvesIdentity(line.module));
    next.impression = After(place.impression, answer,
                            place.entered.empty() ? Impression::kNone : place.entered.back());
    next.line = place.line + 1;
    if (answer.action.kind == Kind::kJump) {
      Jump(answer.action.lines, next);
    } else if (Decides(answer.action.kind, next.impression)) {
      next.line = EndOfLevel(place.line);
    }
    if (LeadsPast(place.line + 1, next.line)) {
      next.led_by = place.line;
    }
    Visit(std::move(next));
  }

  // Does the answer end its substack, or the whole stack?
  static bool Decides(Kind kind, Impression impression) {
    return kind == Kind::kDie || (kind == Kind::kDone && impression != Impression::kBad);
  }

  void Hear(const Place& place, Word word, Place& next) {
    walk_.asked_after_refusal |= place.impression == Impression::kBad;
    walk_.asked_unproved |= !place.proved && place.impression != Impression::kBad;
    if (place.said == Said::kYes) {
      walk_.asked_again |= place.impression == Impression::kGood;
    } else {
      next.said = word == Word::kSuccess  ? Said::kYes
                  : word == Word::kIgnore ? Said::kIgnore
                                          : Said::kNo;
    }
  }

  bool LeadsPast(std::size_t from, std::size_t to) const {
    return std::any_of(stack_.begin() + static_cast<std::ptrdiff_t>(from),
                       stack_.begin() + static_cast<std::ptrdiff_t>(to),
                       [this](const PamLine& line) { return line.module == module_; });
  }

  // A substack is jumped over as one line; jumping too far refuses the login.
  void Jump(int lines, Place& next) const {
    const int level = stack_[next.line - 1].level;
    std::size_t at = next.line;
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
  std::vector<std::set<PamAnswer>> answers_;
  std::set<Place> seen_;
  std::vector<Place> pending_;
  PamWalk walk_;
};

}  // namespace

PamWalk WalkStack(const PamStack& stack, std::string_view module) {
  const bool broken = std::any_of(stack.begin(), stack.end(),
                                  [](const PamLine& line) { return line.breaks_service; });
  return broken ? PamWalk{} : Walker(stack, module).Walk();
}

}  // namespace twofactor
