#include "helperd/twofactord/rpc/call_budget.h"

#include <algorithm>

namespace twofactor {

CallBudget::CallBudget(int per_second, int at_once, Moment now)
    : per_second_(per_second), at_once_(at_once), left_(at_once), at_(now) {}

bool CallBudget::Take(Moment now) {
  const std::chrono::duration<double> elapsed = now - at_;
  left_ = std::min(at_once_, left_ + elapsed.count() * per_second_);
  at_ = now;
  if (left_ < 1) {
    return false;
  }
  left_ -= 1;
  return true;
}

}  // namespace twofactor
