#include "cli/doctor/pam_text.h"

#include <security/_pam_types.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace twofactor {
namespace {

constexpr std::string_view kBlanks = " \t";

// The headers of 1.5 and 1.6 have 0 for the minor version.
constexpr BlankLine kBlankLine =
    __LINUX_PAM__ > 1 || __LINUX_PAM_MINOR__ >= 7 ? BlankLine::kEndsLine : BlankLine::kIsSkipped;

// A word that starts with a bracket: it ends with the first closing one that has no backslash.
std::string TakeBracketed(std::string_view& rest) {
  std::string word;
  rest.remove_prefix(1);
  while (!rest.empty() && rest.front() != ']') {
    if (rest.substr(0, 2) == "\\]") {
      rest.remove_prefix(1);
    }
    word += rest.front();
    rest.remove_prefix(1);
  }
  rest.remove_prefix(rest.empty() ? 0 : 1);
  return word;
}

std::string TakePlain(std::string_view& rest) {
  const std::string_view word = rest.substr(0, rest.find_first_of(kBlanks));
  rest.remove_prefix(word.size());
  return std::string(word);
}

}  // namespace

std::optional<std::vector<PamTextLine>> PamLinesOf(const std::string& text, BlankLine blank_line) {
  std::vector<PamTextLine> lines;
  std::istringstream stream(text);
  PamTextLine joined{"", 0};
  bool continued = false;
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    const std::size_t comment = line.find('#');
    line.resize(comment == std::string::npos ? line.size() : comment);
    const std::size_t last = line.find_last_not_of(kBlanks);
    if (last == std::string::npos) {
      if (continued && blank_line == BlankLine::kEndsLine) {
        lines.push_back(std::exchange(joined, {"", 0}));
        continued = false;
      }
      continue;
    }
    joined.number = joined.text.empty() ? number : joined.number;
    // A backslash before a comment is a word like any other.
    continued = comment == std::string::npos && line[last] == '\\';
    joined.text += line.substr(0, continued ? last : last + 1) + " ";
    if (!continued) {
      lines.push_back(std::exchange(joined, {"", 0}));
    }
  }
  return continued ? std::nullopt : std::optional(std::move(lines));
}

std::optional<std::vector<PamTextLine>> PamLinesOf(const std::string& text) {
  return PamLinesOf(text, kBlankLine);
}

std::vector<std::string> PamWordsOf(std::string_view line) {
  std::vector<std::string> words;
  for (;;) {
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(kBlanks)));
    if (line.empty()) {
      return words;
    }
    words.push_back(line.front() == '[' ? TakeBracketed(line) : TakePlain(line));
  }
}

}  // namespace twofactor
