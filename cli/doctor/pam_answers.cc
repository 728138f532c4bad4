#include "cli/doctor/pam_answers.h"

#include <string_view>
#include <vector>

#include "cli/doctor/pam_modules.h"

namespace twofactor {
namespace {

using Kind = PamAction::Kind;
using Word = PamAnswer::Word;

std::vector<std::string_view> NamesOf(const PamLine& line) {
  if (!line.fault.empty()) {
    return {"perm_denied"};
  }
  return line.installed ? AnswersOf(line.module) : std::vector<std::string_view>{"module_unknown"};
}

}  // namespace

std::set<PamAnswer> AnswersOfLine(const PamLine& line) {
  std::set<PamAnswer> answers;
  for (const std::string_view name : NamesOf(line)) {
    const Word word = name == "success"  ? Word::kSuccess
                      : name == "ignore" ? Word::kIgnore
                                         : Word::kOther;
    answers.insert({word, ActionFor(line.control, name)});
  }
  return answers;
}

Impression After(Impression before, const PamAnswer& answer, Impression entered) {
  switch (answer.action.kind) {
    case Kind::kBad:
    case Kind::kDie:
      return Impression::kBad;
    case Kind::kReset:
      return entered;
    case Kind::kOk:
    case Kind::kDone:
      if (before == Impression::kBad || before == Impression::kFrozen) {
        return before;
      }
      return answer.word == Word::kSuccess ? Impression::kGood : Impression::kFrozen;
    case Kind::kIgnore:
    case Kind::kJump:
      break;
  }
  return before;
}

}  // namespace twofactor
