#include "cli/doctor/pam_control.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace twofactor {
namespace {

using Kind = PamAction::Kind;

struct Keyword {
  std::string_view name;
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

// The pairs of a control: those of the keyword, or what stands in the brackets.
std::string_view PairsOf(std::string_view control) {
  const auto* keyword =
      std::find_if(kKeywords.begin(), kKeywords.end(),
                   [control](const Keyword& known) { return known.name == control; });
  if (keyword != kKeywords.end()) {
    return keyword->pairs;
  }
  const bool bracketed = control.size() >= 2 && control.front() == '[' && control.back() == ']';
  return bracketed ? control.substr(1, control.size() - 2) : std::string_view();
}

std::optional<std::string_view> ValueOf(std::string_view pairs, std::string_view key) {
  while (!pairs.empty()) {
    const std::string_view pair = pairs.substr(0, pairs.find_first_of(" \t"));
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == key) {
      return pair.substr(equals + 1);
    }
    pairs.remove_prefix(std::min(pairs.size(), pair.size() + 1));
  }
  return std::nullopt;
}

}  // namespace

PamAction ActionFor(std::string_view control, std::string_view answer) {
  const std::string_view pairs = PairsOf(control);
  auto value = ValueOf(pairs, answer);
  if (!value) {
    value = ValueOf(pairs, "default");
  }
  if (!value) {
    return {Kind::kBad};
  }
  const auto* named = std::find_if(kKinds.begin(), kKinds.end(),
                                   [&value](const NamedKind& k) { return k.name == *value; });
  if (named != kKinds.end()) {
    return {named->kind};
  }
  int lines = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), lines);
  const bool number = error == std::errc() && end == value->data() + value->size() && lines > 0;
  return number ? PamAction{Kind::kJump, lines} : PamAction{Kind::kBad};
}

}  // namespace twofactor
