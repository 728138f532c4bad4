#include "helperd/twofactord/vault/birth_rule.h"

#include <gtest/gtest.h>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

using std::chrono::seconds;

TEST(VaultBirthRuleTest, BirthIsNowOnAMachineWhoseClockIsRight) {
  ManualClock clock;
  const VaultBirthRule rule(clock, clock.wall - seconds(600), 1, {});
  EXPECT_EQ(rule.Birth(), clock.wall);
}

TEST(VaultBirthRuleTest, BirthIsNeverBeforeTheLatestTimeThatWasSeen) {
  ManualClock clock;
  const WallTime seen = clock.wall + seconds(3600);
  const VaultBirthRule rule(clock, seen, 1, {});
  EXPECT_GE(rule.Birth(), seen);
  EXPECT_EQ(rule.Birth(), seen + kNotePeriod);
}

TEST(VaultBirthRuleTest, NewVaultHasNoPast) {
  ManualClock clock;
  clock.wall = WallTime(seconds(100));
  EXPECT_EQ(VaultBirthRule(clock, WallTime{}, 1, {}).Birth(), clock.wall);
}

TEST(VaultBirthRuleTest, WindowThatWasWiderJustBeforeCounts) {
  ManualClock clock;
  const VaultBirthRule narrow(clock, WallTime{}, 0, {});
  const VaultBirthRule was_wide(clock, WallTime{}, 0, {{clock.wall - seconds(1), 10}});
  const TimeStep first = narrow.FirstStep(clock.wall, seconds(30));
  EXPECT_EQ(was_wide.FirstStep(clock.wall, seconds(30)),
            FirstStepAfterBirth(clock.wall - seconds(1), seconds(30), 10));
  const VaultBirthRule long_ago(clock, WallTime{}, 0, {{clock.wall - seconds(3600), 10}});
  EXPECT_EQ(long_ago.FirstStep(clock.wall, seconds(30)), first);
}

}  // namespace
}  // namespace twofactor
