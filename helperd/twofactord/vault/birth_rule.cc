#include "helperd/twofactord/vault/birth_rule.h"

#include <algorithm>

namespace twofactor {

TimeStep VaultBirthRule::FirstStep(WallTime birth, std::chrono::seconds interval) const {
  TimeStep first = FirstStepAfterBirth(birth, interval, window_);
  for (const FormerWindow& former : former_) {
    if (former.until <= birth) {
      first = std::max(first, FirstStepAfterBirth(former.until, interval, former.window));
    }
  }
  return first;
}

}  // namespace twofactor
