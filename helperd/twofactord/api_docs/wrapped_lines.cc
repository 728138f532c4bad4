#include "helperd/twofactord/api_docs/wrapped_lines.h"

#include <algorithm>
#include <regex>

namespace twofactor {
namespace {

constexpr std::size_t kColumns = 100;

// Of UTF-8 text without characters that combine.
std::size_t ColumnsOf(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

// At the start of a line this word would begin a list, a heading, a quotation or a table.
bool BeginsABlock(std::string_view word) {
  static const std::regex kMarker(R"([-+*>|]|#{1,6}|[0-9]+[.)])");
  return std::regex_match(word.begin(), word.end(), kMarker);
}

// What the lines after the first of a paragraph or a list's item are indented by.
std::string IndentAfter(std::string_view line) {
  const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
  const bool item = line.substr(start, 2) == "- ";
  return std::string(start + (item ? 2 : 0), ' ');
}

std::string WrapLine(std::string_view line) {
  const std::string indent = IndentAfter(line);
  std::string wrapped(line.substr(0, indent.size()));
  std::size_t columns = ColumnsOf(wrapped);
  bool first = true;
  for (line.remove_prefix(indent.size()); !line.empty();) {
    const std::string_view word = line.substr(0, line.find(' '));
    const std::size_t added = ColumnsOf(word) + (first ? 0 : 1);
    if (!first && columns + added > kColumns && !BeginsABlock(word)) {
      wrapped += "\n" + indent;
      columns = indent.size() + added - 1;
    } else {
      wrapped += first ? "" : " ";
      columns += added;
    }
    wrapped += word;
    first = false;
    line.remove_prefix(std::min(word.size() + 1, line.size()));
  }
  return wrapped;
}

}  // namespace

std::string WrapLines(std::string_view markdown) {
  std::string wrapped;
  bool code = false;
  while (!markdown.empty()) {
    const std::size_t end = std::min(markdown.find('\n'), markdown.size());
    const std::string_view line = markdown.substr(0, end);
    const bool fence = line.starts_with("```");
    code = code != fence;
    const bool whole = code || fence || line.starts_with('|') || line.starts_with('#') ||
                       ColumnsOf(line) <= kColumns;
    wrapped += whole ? std::string(line) : WrapLine(line);
    wrapped += end < markdown.size() ? "\n" : "";
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
  }
  return wrapped;
}

}  // namespace twofactor
