#include "helperd/twofactord/factor/factor_watch.h"

#include <algorithm>

namespace twofactor {

UnchangedFactor FactorWatch::Watch(const Username& username) {
  const auto known = watched_.find(username.text());
  auto holds = known == watched_.end() ? nullptr : known->second.lock();
  if (holds == nullptr) {
    holds = std::make_shared<bool>(true);
    watched_.insert_or_assign(username.text(), holds);
    ForgetTheUnwatched();
  }
  return UnchangedFactor(std::move(holds));
}

void FactorWatch::NoteChange(std::string_view username) {
  const auto known = watched_.find(username);
  if (known != watched_.end()) {
    if (const auto holds = known->second.lock()) {
      *holds = false;
    }
    watched_.erase(known);
  }
  if (told_) {
    told_(username);
  }
}

void FactorWatch::ForgetTheUnwatched() {
  if (watched_.size() < look_at_) {
    return;
  }
  std::erase_if(watched_, [](const auto& user) { return user.second.expired(); });
  look_at_ = std::max<std::size_t>(64, 2 * watched_.size());
}

}  // namespace twofactor
