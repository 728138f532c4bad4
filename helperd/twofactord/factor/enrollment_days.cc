#include "helperd/twofactord/factor/enrollment_days.h"

#include <algorithm>
#include <chrono>

namespace twofactor {

int DaysLeft(WallTime first_asked, WallTime now, int grace_days) {
  using Days = std::chrono::duration<int, std::ratio<86400>>;
  const auto left = first_asked + Days(grace_days) - now;
  if (left.count() <= 0) {
    return 0;
  }
  return std::min(std::chrono::ceil<Days>(left).count(), grace_days);
}

}  // namespace twofactor
