#include "helperd/twofactord/rpc/token_bucket.h"

#include <algorithm>

namespace twofactor {

TokenBucket::TokenBucket(double per_second, double at_once, Moment now)
    : per_second_(per_second), at_once_(at_once), left_(at_once), at_(now) {}

double TokenBucket::LeftAt(Moment now) const {
  const std::chrono::duration<double> elapsed = now - at_;
  return std::min(at_once_, left_ + elapsed.count() * per_second_);
}

bool TokenBucket::Take(Moment now) {
  left_ = LeftAt(now);
  at_ = now;
  if (left_ < 1) {
    return false;
  }
  left_ -= 1;
  return true;
}

void TokenBucket::Charge(double used, Moment now) {
  left_ = std::max(LeftAt(now) - used, -per_second_);
  at_ = now;
}

std::chrono::milliseconds TokenBucket::Debt(Moment now) const {
  return std::chrono::ceil<std::chrono::milliseconds>(
      std::chrono::duration<double>(std::max(0.0, -LeftAt(now)) / per_second_));
}

bool TokenBucket::IsExhausted(Moment now) const { return LeftAt(now) < -per_second_ / 2; }

bool TokenBucket::IsFull(Moment now) const { return LeftAt(now) >= at_once_; }

}  // namespace twofactor
