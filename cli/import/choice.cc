#include "cli/import/choice.h"

#include <fnmatch.h>

#include "cli/import/csv.h"
#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

bool Matches(const std::string& pattern, const std::string& text) {
  return !text.empty() && fnmatch(pattern.c_str(), text.c_str(), FNM_CASEFOLD) == 0;
}

bool MatchesAny(const std::string& pattern, const EntryNames& names) {
  return Matches(pattern, names.issuer) || Matches(pattern, names.account) ||
         Matches(pattern, names.issuer + ":" + names.account) || Matches(pattern, names.serial) ||
         Matches(pattern, names.id);
}

}  // namespace

bool Choice::Takes(const EntryNames& names) const {
  return (only.empty() || MatchesAny(only, names)) &&
         (issuer.empty() || Matches(issuer, names.issuer)) &&
         (label.empty() || Matches(label, names.account)) &&
         (serial.empty() || serial == names.serial || serial == names.id) && (!map || KeyOf(names));
}

std::optional<std::string> Choice::KeyOf(const EntryNames& names) const {
  for (const std::string& key :
       {names.serial, names.id, names.account, names.issuer + ":" + names.account}) {
    if (map && !key.empty() && map->count(key) != 0) {
      return key;
    }
  }
  return std::nullopt;
}

Result<std::map<std::string, std::string>> ParseUserMap(std::string_view text) {
  auto rows = ParseCsv(text);
  if (!rows) {
    return Fail(rows.error());
  }
  std::map<std::string, std::string> map;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const CsvRow& row = (*rows)[i];
    const std::string key(Trimmed(row.cells.front().text()));
    const std::string user(row.cells.size() == 2 ? Trimmed(row.cells.back().text()) : "");
    if ((row.cells.size() == 1 && key.empty()) || key.substr(0, 1) == "#" ||
        (i == 0 && (EqualWords(user, "user") || EqualWords(user, "username")))) {
      continue;
    }
    if (key.empty() || user.empty()) {
      return Refuse(Say("line %1: is no serial number or account, a comma and a user", row.line));
    }
    if (const auto [known, is_new] = map.try_emplace(key, user); !is_new && known->second != user) {
      return Refuse(Say("line %1: gives '%2' to a second user", row.line, key));
    }
  }
  return map;
}

}  // namespace twofactor
