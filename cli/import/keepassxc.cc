// KeePassXC's CSV: a column TOTP with an otpauth:// URI.
#include <algorithm>
#include <optional>

#include "cli/import/csv.h"
#include "cli/import/phone_export.h"
#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

std::optional<std::size_t> ColumnOf(const CsvRow& heading, std::string_view name) {
  const auto found =
      std::find_if(heading.cells.begin(), heading.cells.end(),
                   [name](const SecretBytes& cell) { return EqualWords(cell.text(), name); });
  return found == heading.cells.end()
             ? std::nullopt
             : std::optional(static_cast<std::size_t>(found - heading.cells.begin()));
}

std::string_view CellOf(const CsvRow& row, std::size_t column) {
  return column < row.cells.size() ? row.cells[column].text() : std::string_view();
}

}  // namespace

bool IsKeepassxc(std::string_view first_line) {
  const auto rows = ParseCsv(first_line);
  return rows && rows->size() == 1 && ColumnOf(rows->front(), "TOTP") &&
         ColumnOf(rows->front(), "Title") && ColumnOf(rows->front(), "Username");
}

Result<ImportedUsers> ParseKeepassxc(std::string_view text, const ImportContext& context) {
  const auto rows = ParseCsv(text);
  if (!rows) {
    return Fail(rows.error());
  }
  const auto column = [&rows](std::string_view name) {
    return rows->empty() ? std::nullopt : ColumnOf(rows->front(), name);
  };
  const auto title = column("Title");
  const auto account = column("Username");
  const auto totp = column("TOTP");
  if (!title || !account || !totp) {
    return Refuse(Say("has no columns Title, Username and TOTP"));
  }
  UserList users(context);
  for (std::size_t i = 1; i < rows->size(); ++i) {
    const CsvRow& row = (*rows)[i];
    if (!CellOf(row, *totp).empty()) {
      AddStoredTotp(i, CellOf(row, *totp), std::string(CellOf(row, *title)),
                    std::string(CellOf(row, *account)), users);
    }
  }
  return std::move(users).Finish();
}

}  // namespace twofactor
