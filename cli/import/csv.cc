#include "cli/import/csv.h"

#include <algorithm>
#include <string>
#include <utility>

#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

// Takes a quoted cell off the front of `text`; the quotes around it are gone, doubled ones inside
// are one. None where it does not end.
std::optional<SecretBytes> TakeQuoted(std::string_view& text) {
  SecretBytes cell(text.size());
  std::size_t size = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"' && (i + 1 == text.size() || text[i + 1] != '"')) {
      text.remove_prefix(i + 1);
      cell.Truncate(size);
      return cell;
    }
    i += text[i] == '"' ? 1 : 0;
    cell.mutable_bytes()[size++] = static_cast<std::uint8_t>(text[i]);
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<CsvRow>> ParseCsv(std::string_view text) {
  text = WithoutByteOrderMark(text);
  std::vector<CsvRow> rows;
  std::size_t line = 1;
  bool starts_row = true;
  while (!text.empty()) {
    if (starts_row) {
      rows.push_back({line, {}});
    }
    const std::string_view before = text;
    if (text.front() == '"') {
      auto cell = TakeQuoted(text);
      if (!cell) {
        return Refuse(Say("line %1: a quote does not end", line));
      }
      rows.back().cells.push_back(std::move(*cell));
    }
    const std::size_t end = std::min(text.find_first_of(",\n"), text.size());
    if (before.front() != '"') {
      rows.back().cells.push_back(SecretBytes::CopyOf(Trimmed(text.substr(0, end))));
    }
    starts_row = end == text.size() || text[end] == '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view taken = before.substr(0, before.size() - text.size());
    line += static_cast<std::size_t>(std::count(taken.begin(), taken.end(), '\n'));
  }
  return rows;
}

}  // namespace twofactor
