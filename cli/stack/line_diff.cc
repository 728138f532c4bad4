#include "cli/stack/line_diff.h"

#include <algorithm>
#include <sstream>
#include <vector>

namespace twofactor {
namespace {

using DiffLines = std::vector<std::string>;

DiffLines Divided(const std::string& text) {
  DiffLines lines;
  std::istringstream stream(text);
  std::string line;
  while (std::getline(stream, line)) {
    lines.push_back(line);
  }
  return lines;
}

// "3,2", as patch(1) takes it: a piece of no lines is named by the line before it.
std::string RangeOf(std::size_t first, std::size_t count) {
  return std::to_string(count == 0 ? first : first + 1) + "," + std::to_string(count);
}

}  // namespace

std::string DiffOf(const std::string& path, const std::string& before, const std::string& after) {
  const DiffLines old_lines = Divided(before);
  const DiffLines new_lines = Divided(after);
  const auto [old_first, new_first] =
      std::mismatch(old_lines.begin(), old_lines.end(), new_lines.begin(), new_lines.end());
  if (old_first == old_lines.end() && new_first == new_lines.end()) {
    return "";
  }
  auto old_end = old_lines.end();
  auto new_end = new_lines.end();
  while (old_end != old_first && new_end != new_first && *(old_end - 1) == *(new_end - 1)) {
    --old_end;
    --new_end;
  }
  const auto first = static_cast<std::size_t>(old_first - old_lines.begin());
  std::string text = "--- " + path + "\n+++ " + path + "\n@@ -" +
                     RangeOf(first, static_cast<std::size_t>(old_end - old_first)) + " +" +
                     RangeOf(first, static_cast<std::size_t>(new_end - new_first)) + " @@\n";
  std::for_each(old_first, old_end, [&text](const auto& line) { text += "-" + line + "\n"; });
  std::for_each(new_first, new_end, [&text](const auto& line) { text += "+" + line + "\n"; });
  return text;
}

}  // namespace twofactor
