#include "cli/import/accounts.h"

#include <pwd.h>

namespace twofactor {
namespace {

constexpr std::size_t kMany = 100;

Account AccountOf(const passwd& entry) {
  return {entry.pw_name, entry.pw_uid, entry.pw_gid, entry.pw_dir};
}

}  // namespace

Accounts::Accounts(std::size_t names) {
  if (names < kMany) {
    return;
  }
  for (Account& account : All()) {
    std::string name = account.name;
    known_.try_emplace(std::move(name), std::move(account));
  }
}

std::optional<Account> Accounts::Find(const std::string& name) const {
  if (const auto known = known_.find(name); known != known_.end()) {
    return known->second;
  }
  const passwd* const entry = getpwnam(name.c_str());
  return entry == nullptr ? std::nullopt : std::optional(AccountOf(*entry));
}

std::vector<Account> Accounts::All() {
  std::vector<Account> all;
  setpwent();
  while (const passwd* const entry = getpwent()) {
    all.push_back(AccountOf(*entry));
  }
  endpwent();
  return all;
}

}  // namespace twofactor
