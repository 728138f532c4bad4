#include "helperd/twofactord/vault/birth_rule.h"

#include <gtest/gtest.h>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

using std::chrono::seconds;

TEST(VaultBirthRuleTest, BirthIsNow) {
  ManualClock clock;
  EXPECT_EQ(VaultBirthRule(clock, 1, {}).Birth(), clock.wall);
  clock.wall = WallTime(seconds(100));
  EXPECT_EQ(VaultBirthRule(clock, 1, {}).Birth(), clock.wall);
}

TEST(VaultBirthRuleTest, WindowThatWasWiderJustBeforeCounts) {
  ManualClock clock;
  const VaultBirthRule narrow(clock, 0, {});
  const VaultBirthRule was_wide(clock, 0, {{clock.wall - seconds(1), 10}});
  const TimeStep first = narrow.FirstStep(clock.wall, seconds(30));
  EXPECT_EQ(was_wide.FirstStep(clock.wall, seconds(30)),
            FirstStepAfterBirth(clock.wall - seconds(1), seconds(30), 10));
  const VaultBirthRule long_ago(clock, 0, {{clock.wall - seconds(3600), 10}});
  EXPECT_EQ(long_ago.FirstStep(clock.wall, seconds(30)), first);
}

TEST(VaultBirthRuleTest, WindowThatWasWiderWhileTheClockWasAheadClosesNothing) {
  ManualClock clock;
  const TimeStep first = VaultBirthRule(clock, 1, {}).FirstStep(clock.wall, seconds(30));
  for (const seconds ahead : {seconds(1), seconds(7200), seconds(std::chrono::years(10))}) {
    const VaultBirthRule rule(clock, 1, {{clock.wall + ahead, 10}});
    EXPECT_EQ(rule.FirstStep(clock.wall, seconds(30)), first);
  }
  const VaultBirthRule just_now(clock, 1, {{clock.wall, 10}});
  EXPECT_GT(just_now.FirstStep(clock.wall, seconds(30)), first);
}

}  // namespace
}  // namespace twofactor
