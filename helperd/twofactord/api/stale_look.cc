#include "helperd/twofactord/api/stale_look.h"

#include <algorithm>

namespace twofactor {
namespace {

constexpr std::size_t kUsersALook = 500;
// A byte of a name becomes six at most in JSON, and this much stands around each.
constexpr std::size_t kBytesOfAByte = 6;
constexpr std::size_t kBytesOfAUser = 48;

std::vector<UserToCheck> ToCheck(const std::vector<VaultUser>& users) {
  std::vector<UserToCheck> to_check;
  to_check.reserve(users.size());
  for (const VaultUser& user : users) {
    to_check.push_back({user.username.text(), user.uid});
  }
  return to_check;
}

void Check(const CallPtr& call, std::vector<VaultUser> users, bool more,
           std::function<void(StaleLook)> done) {
  if (users.empty()) {
    done({});
    return;
  }
  auto to_check = ToCheck(users);
  to_check.resize(UsersOfARequest(users));
  call->services.accounts.CheckUsers(
      call->asker(), to_check,
      [users = std::move(users), more,
       done = std::move(done)](Result<std::vector<UserCheck>> checks) {
        if (!checks) {
          const UserCheck unanswered{.reason = checks.error().message()};
          checks = std::vector<UserCheck>(users.size(), unanswered);
        }
        done(LookOf(users, std::move(*checks), more));
      });
}

}  // namespace

std::size_t UsersOfARequest(const std::vector<VaultUser>& users) {
  std::size_t bytes = kBytesOfAUser;
  std::size_t count = 0;
  for (const VaultUser& user : users) {
    bytes += user.username.text().size() * kBytesOfAByte + kBytesOfAUser;
    if (bytes > kMaxAccountsRequestBytes) {
      break;
    }
    ++count;
  }
  return count;
}

StaleLook LookOf(const std::vector<VaultUser>& users, std::vector<UserCheck> checks, bool more) {
  std::size_t count = std::min(users.size(), checks.size());
  if (count < users.size()) {
    more = true;
    const auto name = [&users](std::size_t i) { return users[i].username; };
    std::size_t whole = count;
    while (whole > 0 && name(whole - 1) == name(count)) {
      --whole;
    }
    if (whole > 0) {
      count = whole;
    } else {
      // One name alone is more than can be asked: what is left of it is looked at another time.
      while (count < users.size() && name(count) == name(0)) {
        ++count;
      }
      checks.resize(count, {.reason = "there was no time for it"});
    }
  }
  StaleLook look;
  for (std::size_t i = 0; i < count; ++i) {
    look.users.emplace_back(users[i], std::move(checks[i]));
  }
  if (more && count > 0) {
    look.next = users[count - 1].username.text();
  }
  return look;
}

void LookAtUsers(const CallPtr& call, const std::string& after,
                 std::function<void(StaleLook)> done) {
  call->services.store.ListVaultUsers(
      after, kUsersALook, [call, done = std::move(done)](const Result<ListedVaultUsers>& listed) {
        if (!listed) {
          call->Refuse(listed.error());
          return;
        }
        Check(call, listed->users, listed->users.size() >= kUsersALook,
              [moment = listed->moment, done](StaleLook look) {
                look.moment = moment;
                done(std::move(look));
              });
      });
}

}  // namespace twofactor
