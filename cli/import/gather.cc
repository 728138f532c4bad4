#include "cli/import/gather.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "cli/import/google_authenticator.h"
#include "cli/import/home_file.h"
#include "cli/import/refusal.h"
#include "cli/translate.h"
#include "common/base/username.h"

namespace twofactor {
namespace {

std::string Joined(const std::vector<std::string>& reasons) {
  std::string joined;
  for (const std::string& reason : reasons) {
    joined += (joined.empty() ? "" : "; ") + reason;
  }
  return joined;
}

void RefuseUnfit(ImportRow& row) {
  if (!row.user.refusals.empty()) {
    Refuse(row, Joined(row.user.refusals));
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

std::optional<Account> AccountOf(const Accounts& accounts, const std::string& name) {
  return Username::Parse(name) ? accounts.Find(name) : std::nullopt;
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
  Refuse(row, row.account ? Say("has no such file") : Say("the system knows no such user"));
  return row;
}

}  // namespace

ImportRows RowsOf(ImportedUsers users) {
  const Accounts accounts(users.size());
  ImportRows rows;
  rows.reserve(users.size());
  for (ImportedUser& user : users) {
    ImportRow& row = rows.emplace_back();
    row.user = std::move(user);
    row.account = AccountOf(accounts, row.user.name);
    RefuseUnfit(row);
  }
  RefuseDoubles(rows);
  return rows;
}

Result<ImportRows> RowsOfHomes(const std::vector<std::string>& names, const std::string& pattern,
                               const ImportContext& context) {
  const Account example{"user", 0, 0, "/home/user"};
  if (const auto path = PathFor(pattern, example); !path) {
    return Fail(path.error());
  }
  ImportRows rows;
  if (names.empty()) {
    for (const Account& account : Accounts::All()) {
      // Users such as nobody have no home that a path could begin with.
      if (auto row = account.home.empty() ? std::nullopt : RowOfHome(account, pattern, context)) {
        rows.push_back(std::move(*row));
      }
    }
  }
  const Accounts accounts(names.size());
  for (const std::string& name : names) {
    auto account = AccountOf(accounts, name);
    auto row = account ? RowOfHome(*account, pattern, context) : std::nullopt;
    rows.push_back(row ? std::move(*row) : WithoutFile(name, std::move(account)));
  }
  RefuseDoubles(rows);
  return rows;
}

}  // namespace twofactor
