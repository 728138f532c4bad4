#include "cli/import/gather.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "cli/import/google_authenticator.h"
#include "cli/import/home_file.h"
#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/translate.h"
#include "common/base/username.h"

namespace twofactor {
namespace {

// Whom the system does not know, by whatever name, or who cannot be a user here.
void RefuseUnfit(ImportRow& row) {
  const auto name = Username::Parse(row.account ? row.account->name : row.user.name);
  if (!row.user.refusals.empty()) {
    Refuse(row, Joined(row.user.refusals));
  } else if (!name) {
    Refuse(row, name.error().message());
  } else if (!row.account) {
    Refuse(row, Say("the system knows no such user"));
  }
}

// Both of them: which of the two is meant is not for us to choose.
void RefuseDoubles(ImportRows& rows) {
  std::unordered_map<std::string, ImportRow*> first;
  for (ImportRow& row : rows) {
    if (!row.account) {
      continue;
    }
    const auto [seen, is_first] = first.try_emplace(row.account->name, &row);
    if (!is_first) {
      const std::string reason =
          Say("the same user stands there as %1 and as %2", seen->second->user.name, row.user.name);
      Refuse(*seen->second, reason);
      Refuse(row, reason);
    }
  }
}

// The user's file, read; none where there is no file.
std::optional<ImportRow> RowOfHome(const Account& account, const std::string& pattern,
                                   ImportContext context) {
  ImportRow row;
  row.account = account;
  row.user.name = account.name;
  const auto path = PathFor(pattern, account);
  auto bytes = path ? ReadAsUser(account, *path) : Fail(path.error());
  if (!bytes) {
    Refuse(row, bytes.error().message());
    return row;
  }
  if (!*bytes) {
    return std::nullopt;
  }
  context.user = account.name;
  auto users = ParseGoogleAuthenticator((*bytes)->text(), context);
  if (!users) {
    Refuse(row, users.error().message());
    return row;
  }
  row.user = std::move(users->front());
  RefuseUnfit(row);
  return row;
}

ImportRow WithoutFile(const std::string& name, std::optional<Account> account) {
  ImportRow row;
  row.user.name = name;
  row.account = std::move(account);
  if (row.account) {
    row.user.refusals.emplace_back(Say("has no such file"));
  }
  RefuseUnfit(row);
  return row;
}

}  // namespace

ImportRows RowsOf(ImportedUsers users, const Accounts& accounts) {
  ImportRows rows;
  rows.reserve(users.size());
  for (ImportedUser& user : users) {
    ImportRow& row = rows.emplace_back();
    row.user = std::move(user);
    row.account = accounts.Find(row.user.name);
    RefuseUnfit(row);
  }
  RefuseDoubles(rows);
  return rows;
}

Result<ImportRows> RowsOfHomes(const std::vector<std::string>& names, const std::string& pattern,
                               const ImportContext& context,
                               const std::vector<std::string>& others) {
  const Account example{"user", 0, 0, "/home/user"};
  if (const auto path = PathFor(pattern, example); !path) {
    return Fail(path.error());
  }
  ImportRows rows;
  const Accounts accounts;
  if (names.empty()) {
    std::vector<Account> all = Accounts::All();
    std::unordered_set<std::string> known;
    for (const Account& account : all) {
      known.insert(account.name);
    }
    for (const std::string& name : others) {
      auto account = known.count(name) == 0 ? accounts.Find(name) : std::nullopt;
      if (account && known.insert(account->name).second) {
        all.push_back(std::move(*account));
      }
    }
    for (const Account& account : all) {
      // Users such as nobody have no home that a path could begin with.
      if (auto row = account.home.empty() ? std::nullopt : RowOfHome(account, pattern, context)) {
        rows.push_back(std::move(*row));
      }
    }
  }
  for (const std::string& name : names) {
    auto account = accounts.Find(name);
    auto row = account ? RowOfHome(*account, pattern, context) : std::nullopt;
    rows.push_back(row ? std::move(*row) : WithoutFile(name, std::move(account)));
  }
  RefuseDoubles(rows);
  return rows;
}

std::vector<std::string> NamesIn(std::string_view text) {
  // As getent passwd and getent group write them.
  constexpr auto kColonsOfGroup = 3;
  std::vector<std::string> names;
  for (std::string_view line : LinesOf(text)) {
    line = Trimmed(line);
    const bool group = std::count(line.begin(), line.end(), ':') == kColonsOfGroup;
    std::string_view rest =
        group ? line.substr(line.rfind(':') + 1) : line.substr(0, line.find(':'));
    while (!rest.empty() && rest.front() != '#') {
      const std::size_t end = std::min(group ? rest.find(',') : rest.size(), rest.size());
      names.emplace_back(Trimmed(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return names;
}

}  // namespace twofactor
