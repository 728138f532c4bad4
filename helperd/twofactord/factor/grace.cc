#include "helperd/twofactord/factor/grace.h"

#include <algorithm>

namespace twofactor {

void Grace::Note(const LoginPermit& permit, const UnchangedFactor& factor, const std::string& place,
                 BootTime now) {
  std::list<Place>& places = UserOf(permit.target(), factor).places;
  places.remove_if([&place](const Place& known) { return known.name == place; });
  places.push_front({place, now});
  if (places.size() > kMaxPlacesAUser) {
    places.pop_back();
  }
}

bool Grace::Covers(const Account& account, const std::string& place, std::chrono::seconds period,
                   BootTime now) const {
  const auto user = users_.find(account.name.text());
  if (user == users_.end() || user->second.uid != account.uid || !user->second.factor.holds()) {
    return false;
  }
  const auto& places = user->second.places;
  return std::any_of(places.begin(), places.end(), [&](const Place& known) {
    return known.name == place && now >= known.at && now - known.at <= period;
  });
}

void Grace::Forget(const Account& account) { users_.erase(account.name.text()); }

Grace::User& Grace::UserOf(const Account& account, const UnchangedFactor& factor) {
  const auto known = users_.find(account.name.text());
  if (known == users_.end() && users_.size() >= kMaxUsers) {
    DropOldestUser();
  }
  User& user = users_.try_emplace(account.name.text(), User{account.uid, factor, {}}).first->second;
  if (user.uid != account.uid || !user.factor.holds()) {
    user = {account.uid, factor, {}};
  }
  return user;
}

void Grace::DropOldestUser() {
  users_.erase(std::min_element(users_.begin(), users_.end(), [](const auto& a, const auto& b) {
    return a.second.places.front().at < b.second.places.front().at;
  }));
}

}  // namespace twofactor
