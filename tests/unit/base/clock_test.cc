#include "common/base/clock.h"

#include <gtest/gtest.h>

#include <ctime>
#include <type_traits>

namespace twofactor {
namespace {

TEST(SystemClockTest, WallTimeIsTheTimeOfDay) {
  const std::time_t before = std::time(nullptr);
  const auto wall = SystemClock().Wall().time_since_epoch().count();
  EXPECT_GE(wall, before);
  EXPECT_LE(wall, std::time(nullptr));
}

TEST(SystemClockTest, BootTimeGoesForwardFromTheStartOfTheKernel) {
  const SystemClock clock;
  const BootTime first = clock.Boot();
  EXPECT_GT(first.time_since_epoch().count(), 0);
  EXPECT_GE(clock.Boot(), first);
  EXPECT_LT(first.time_since_epoch(), clock.Wall().time_since_epoch());
}

TEST(SystemClockTest, TheTwoTimesAreDifferentTypes) {
  EXPECT_FALSE((std::is_convertible_v<WallTime, BootTime>));
  EXPECT_FALSE((std::is_convertible_v<BootTime, WallTime>));
}

}  // namespace
}  // namespace twofactor
