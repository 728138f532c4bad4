#include "cli/import/accounts.h"

#include <pwd.h>

#include "common/base/username.h"

namespace twofactor {
namespace {

constexpr std::size_t kMany = 100;

Account AccountOf(const passwd& entry) {
  return {entry.pw_name, entry.pw_uid, entry.pw_gid, entry.pw_dir};
}

}  // namespace

std::optional<Account> Accounts::Find(const std::string& name) const {
  if (const auto known = known_.find(name); known != known_.end()) {
    return known->second;
  }
  if (!Username::Parse(name)) {
    return std::nullopt;
  }
  if (++asked_ == kMany) {
    ReadAll();
    return Find(name);
  }
  const passwd* const entry = getpwnam(name.c_str());
  auto account = entry == nullptr ? std::nullopt : std::optional(AccountOf(*entry));
  known_.emplace(name, account);
  return account;
}

void Accounts::ReadAll() const {
  for (Account& account : All()) {
    std::string name = account.name;
    known_.try_emplace(std::move(name), std::move(account));
  }
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
