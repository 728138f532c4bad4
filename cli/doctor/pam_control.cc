#include "cli/doctor/pam_control.h"

#include <strings.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

namespace twofactor {
namespace {

using Kind = PamAction::Kind;

struct Keyword {
  const char* name;
  std::string_view pairs;
};

// As pam.conf(5) explains the words.
constexpr std::array kKeywords = {
    Keyword{"required", "success=ok new_authtok_reqd=ok ignore=ignore default=bad"},
    Keyword{"requisite", "success=ok new_authtok_reqd=ok ignore=ignore default=die"},
    Keyword{"sufficient", "success=done new_authtok_reqd=done default=ignore"},
    Keyword{"optional", "success=ok new_authtok_reqd=ok default=ignore"}};

struct NamedKind {
  std::string_view name;
  Kind kind;
};

constexpr std::array kKinds = {
    NamedKind{"ignore", Kind::kIgnore}, NamedKind{"ok", Kind::kOk},
    NamedKind{"done", Kind::kDone},     NamedKind{"bad", Kind::kBad},
    NamedKind{"die", Kind::kDie},       NamedKind{"reset", Kind::kReset}};

constexpr std::string_view kDefault = "default";
// More than any stack has lines, and no overflow.
constexpr int kTooFar = 1000000;

// Takes a control apart from the left, as libpam does: a name ends where it is whole, whatever
// follows.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool AtEnd() {
    SkipBlanks();
    return rest_.empty();
  }
  bool Take(std::string_view word) {
    SkipBlanks();
    const bool found = rest_.substr(0, word.size()) == word;
    rest_.remove_prefix(found ? word.size() : 0);
    return found;
  }
  std::optional<std::string_view> TakeAnswer() {
    const auto* found = std::find_if(kPamAnswers.begin(), kPamAnswers.end(),
                                     [this](std::string_view name) { return Take(name); });
    if (found != kPamAnswers.end()) {
      return *found;
    }
    return Take(kDefault) ? std::optional(kDefault) : std::nullopt;
  }
  std::optional<PamAction> TakeAction() {
    const auto* found = std::find_if(kKinds.begin(), kKinds.end(),
                                     [this](const NamedKind& kind) { return Take(kind.name); });
    if (found != kKinds.end()) {
      return PamAction{found->kind};
    }
    int lines = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1)) {
      lines = std::min(kTooFar, lines * 10 + (rest_.front() - '0'));
    }
    return lines > 0 ? std::optional(PamAction{Kind::kJump, lines}) : std::nullopt;
  }

 private:
  void SkipBlanks() {
    rest_.remove_prefix(std::min(rest_.size(), rest_.find_first_not_of(" \t\n\v\f\r")));
  }

  std::string_view rest_;
};

using Pairs = std::map<std::string_view, PamAction>;

// None where libpam does not understand a part.
std::optional<Pairs> ParsePairs(std::string_view text) {
  Pairs pairs;
  Scanner scanner(text);
  while (!scanner.AtEnd()) {
    const auto answer = scanner.TakeAnswer();
    if (!answer || !scanner.Take("=") || scanner.AtEnd()) {
      return std::nullopt;
    }
    const auto action = scanner.TakeAction();
    if (!action) {
      return std::nullopt;
    }
    // The first default and the last of any other name count.
    if (*answer == kDefault) {
      pairs.emplace(*answer, *action);
    } else {
      pairs.insert_or_assign(*answer, *action);
    }
  }
  return pairs;
}

std::string_view PairsOf(std::string_view control) {
  const std::string word(control);
  const auto* keyword = std::find_if(
      kKeywords.begin(), kKeywords.end(),
      [&word](const Keyword& known) { return strcasecmp(known.name, word.c_str()) == 0; });
  return keyword != kKeywords.end() ? keyword->pairs : control;
}

}  // namespace

PamAction ActionFor(std::string_view control, std::string_view answer) {
  const auto pairs = ParsePairs(PairsOf(control));
  if (!pairs) {
    return {Kind::kBad};
  }
  for (const std::string_view name : {answer, kDefault}) {
    if (const auto found = pairs->find(name); found != pairs->end()) {
      return found->second;
    }
  }
  return {Kind::kBad};
}

}  // namespace twofactor
