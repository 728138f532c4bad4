#include "helperd/twofactord/vault/birth_rule.h"

#include <algorithm>

namespace twofactor {

WallTime VaultBirthRule::Birth() const {
  if (latest_seen_ == WallTime{}) {
    return clock_.Wall();
  }
  return std::max(clock_.Wall(), latest_seen_ + kNotePeriod);
}

TimeStep VaultBirthRule::FirstStep(WallTime birth, std::chrono::seconds interval) const {
  TimeStep first = FirstStepAfterBirth(birth, interval, window_);
  for (const FormerWindow& former : former_) {
    first = std::max(first, FirstStepAfterBirth(former.until, interval, former.window));
  }
  return first;
}

}  // namespace twofactor
