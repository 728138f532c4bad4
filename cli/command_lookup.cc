#include "cli/command_table.h"
#include "cli/translate.h"

namespace twofactor {

std::vector<std::string> Split(std::string_view text, std::string_view separator) {
  std::vector<std::string> words;
  for (;;) {
    const std::size_t end = text.find(separator);
    words.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return words;
    }
    text.remove_prefix(end + separator.size());
  }
}

std::vector<std::string> Option::choices() const {
  const bool words = value().find('|') != std::string_view::npos;
  return words || is_number() ? Split(value(), words ? "|" : "..") : std::vector<std::string>();
}

std::size_t Command::least() const {
  const std::vector<std::string> words = Split(operands, " ");
  return static_cast<std::size_t>(
      std::count_if(words.begin(), words.end(),
                    [](const std::string& word) { return !word.empty() && word.front() != '['; }));
}

std::size_t Command::most() const {
  // import --homes and stale --remove take the names of users.
  constexpr std::size_t kMaxNames = 1000;
  return operands.ends_with("...") ? kMaxNames : operands.empty() ? 0 : Split(operands, " ").size();
}

std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& names) {
  constexpr std::size_t kFewestSame = 3;
  constexpr std::size_t kMostOther = 2;
  for (const std::string_view name : names) {
    const std::size_t longest = std::max(word.size(), name.size());
    const std::size_t shortest = std::min(word.size(), name.size());
    const auto start = std::mismatch(word.begin(), word.end(), name.begin(), name.end());
    const auto end = std::mismatch(word.rbegin(), word.rend(), name.rbegin(), name.rend());
    // What is both at the start and at the end counts once.
    const std::size_t same = std::min(
        shortest,
        static_cast<std::size_t>((start.first - word.begin()) + (end.first - word.rbegin())));
    if (same >= kFewestSame && (same + kMostOther >= longest || name.starts_with(word))) {
      return name;
    }
  }
  return {};
}

Result<const Command*> FindCommand(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Command& command : AllCommands()) {
    if (command.name == name) {
      return &command;
    }
    names.push_back(command.name);
  }
  const std::string_view nearest = Nearest(name, names);
  return Fail(ErrorCode::kInvalidParams,
              nearest.empty() ? Say("unknown command")
                              : Say("unknown command '%1'; did you mean '%2'?", name, nearest));
}

}  // namespace twofactor
