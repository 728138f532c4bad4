// Failed attempts from origins that are known and from strange ones are counted apart: a stranger
// who fails on purpose does not stop the user, and neither gets more guesses than before.
#include "common/livestore/origin.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr SipHashKey kKey = {7, 8};
const std::string kHome = "host:198.51.100.7";
const std::string kOffice = "host:198.51.100.99";
const std::string kStranger = "host:192.0.2.1";

Username Alice() { return Username::Parse("alice").value(); }

KnownOrigins Knowing(std::uint32_t day) {
  KnownOrigins known{};
  known[3] = {HashOrigin(kKey, Alice(), kHome), day, 0};
  return known;
}

OriginStanding Standing(std::uint32_t day, std::uint32_t today, int days = 90) {
  return StandingOf(Knowing(day), HashOrigin(kKey, Alice(), kHome), today, days);
}

TEST(OriginTest, HashIsOfTheKeyTheUserAndTheOrigin) {
  const auto hash = HashOrigin(kKey, Alice(), kHome);
  EXPECT_EQ(HashOrigin(kKey, Alice(), kHome), hash);
  EXPECT_NE(HashOrigin({7, 9}, Alice(), kHome), hash);
  EXPECT_NE(HashOrigin(kKey, Username::Parse("bob").value(), kHome), hash);
  EXPECT_NE(HashOrigin(kKey, Alice(), kOffice), hash);
  EXPECT_NE(HashOrigin(kKey, Username::Parse("alic").value(), "e" + kHome), hash);
}

TEST(OriginTest, IsKnownForItsDaysAndNotLonger) {
  EXPECT_EQ(Standing(20000, 20000).budget, Budget::kKnown);
  EXPECT_EQ(Standing(20000, 20090).budget, Budget::kKnown);
  EXPECT_EQ(Standing(20000, 20091).budget, Budget::kStrangers);
  EXPECT_EQ(Standing(20000, 20001, 1).budget, Budget::kKnown);
  EXPECT_EQ(Standing(20000, 20002, 1).budget, Budget::kStrangers);
}

// A clock that was ahead makes nothing known for longer; midnight between two readings is no such.
TEST(OriginTest, FutureDayDoesNotCount) {
  EXPECT_EQ(Standing(20001, 20000).budget, Budget::kKnown);
  EXPECT_EQ(Standing(20002, 20000).budget, Budget::kStrangers);
}

TEST(OriginTest, IsNotedOnceADay) {
  EXPECT_FALSE(Standing(20000, 20000).to_be_noted);
  EXPECT_TRUE(Standing(20000, 20001).to_be_noted);
  EXPECT_TRUE(StandingOf({}, 5, 20000, 90).to_be_noted);
}

TEST(OriginTest, DayIsNeverBelowZero) {
  EXPECT_EQ(DayOf(WallTime(seconds(86399))), 0U);
  EXPECT_EQ(DayOf(WallTime(seconds(86400))), 1U);
  EXPECT_EQ(DayOf(WallTime(seconds(-1))), 0U);
}

class LockOutTest : public testing::Test {
 protected:
  LockOutTest() {
    store_.Enroll("alice", 1000, RfcSecret());
    store_.Know("alice", {kHome, kOffice});
  }

  VerifyOutcome Guess(const std::string& origin) {
    return store_.Verify("alice", SecretBytes::CopyOf("000000"), origin)->outcome;
  }
  VerifyOutcome LogIn(const std::string& origin) {
    return store_.Verify("alice", store_.CodeOf("alice"), origin)->outcome;
  }
  std::uint16_t Failures(Budget budget) {
    auto reader = store_.Open();
    return reader.ledger()
        .ReadFailures(reader.FindDevices(Alice()).value().front().slot, budget)
        .count;
  }
  // How many guesses are looked at that come from these origins as early as each may.
  int LookedAt(const std::vector<std::string>& origins, seconds time) {
    const SecretBytes wrong = SecretBytes::CopyOf("000000");
    const BootTime end = store_.clock.boot + time;
    int looked = 0;
    while (store_.clock.boot < end) {
      seconds wait = end - store_.clock.boot;
      for (const std::string& origin : origins) {
        const auto verification = store_.Verify("alice", wrong, origin);
        looked += verification->outcome == VerifyOutcome::kWrong ? 1 : 0;
        wait = std::min(wait, verification->wait);
      }
      store_.clock.Advance(wait);
    }
    return looked;
  }

  StoreFixture store_;
};

// The fault: whoever knows a user's password kept the user out for ever.
TEST_F(LockOutTest, StrangersWhoFailForeverDoNotStopTheUserAtAKnownOrigin) {
  int granted = 0;
  for (int login = 0; login < 60; ++login) {
    for (int second = 0; second < 30; ++second) {
      Guess(kStranger);
      store_.clock.Advance(seconds(1));
    }
    granted += LogIn(login % 2 == 0 ? kHome : kOffice) == VerifyOutcome::kGranted ? 1 : 0;
  }
  EXPECT_EQ(granted, 60);
}

TEST_F(LockOutTest, WithoutKnownOriginsStrangersStopEverybody) {
  store_.settings.throttle.known_origin_days = 0;
  store_.publisher().WriteSettings(store_.settings);
  int looked = 0;
  for (int login = 0; login < 60; ++login) {
    for (int second = 0; second < 30; ++second) {
      Guess(kStranger);
      store_.clock.Advance(seconds(1));
    }
    looked += LogIn(kHome) == VerifyOutcome::kThrottled ? 0 : 1;
  }
  EXPECT_LT(looked, 10);
}

// The bound that docs/threat-model.md states, to the guess.
TEST_F(LockOutTest, GuessesOfADayAreThoseOfOneBudgetWhateverTheirOrigin) {
  EXPECT_EQ(LookedAt({kStranger, "", "host:192.0.2.2"}, hours(24)), 296);
  EXPECT_EQ(LookedAt({kStranger}, hours(24)), 288);
}

// It holds while forget_after is long enough: ThrottleTest has every choice of moments.
TEST_F(LockOutTest, StayingAwayUntilFailuresAreForgottenPaysBelowTheStatedEdgeAlone) {
  constexpr int kFreeAndShorterWaits = 10;
  static constexpr seconds kShorterWaits{15 + 30 + 60 + 120 + 240};
  const auto staying_away = [this](seconds forget_after) {
    store_.settings.throttle.forget_after = forget_after;
    store_.publisher().WriteSettings(store_.settings);
    const int before = LookedAt({kStranger}, kShorterWaits + seconds(1));
    // A second of it is over.
    store_.clock.Advance(forget_after - seconds(1));
    return before + LookedAt({kStranger}, kShorterWaits + seconds(1));
  };
  const auto stated = [](seconds forget_after) {
    const seconds time = 2 * kShorterWaits + forget_after;
    return kFreeAndShorterWaits + static_cast<int>((time - kShorterWaits) / seconds(300));
  };
  EXPECT_EQ(staying_away(seconds(2535)), 20);
  EXPECT_EQ(stated(seconds(2535)), 20);
  store_.clock.Advance(hours(2));
  EXPECT_EQ(staying_away(seconds(2534)), 20);
  EXPECT_EQ(stated(seconds(2534)), 19);
}

TEST_F(LockOutTest, KnownOriginsShareOneBudgetAndAddOneBound) {
  EXPECT_EQ(LookedAt({kHome, kOffice, std::string(kOwnUidOrigin)}, hours(24)), 296);
  store_.clock.Advance(hours(2));
  EXPECT_EQ(LookedAt({kHome, kOffice, kStranger}, hours(24)), 2 * 296);
}

TEST_F(LockOutTest, LoginAtAKnownOriginGivesStrangersNothingBack) {
  int looked = 0;
  for (int login = 0; login < 144; ++login) {
    ASSERT_EQ(LogIn(kHome), VerifyOutcome::kGranted);
    looked += LookedAt({kStranger}, std::chrono::minutes(10));
  }
  EXPECT_EQ(looked, 296);
}

TEST_F(LockOutTest, EachLoginClearsItsOwnBudgetAlone) {
  for (int i = 0; i < 3; ++i) {
    Guess(kHome);
    Guess(kStranger);
  }
  EXPECT_EQ(LogIn(kHome), VerifyOutcome::kGranted);
  EXPECT_EQ(Failures(Budget::kKnown), 0);
  EXPECT_EQ(Failures(Budget::kStrangers), 3);
  Guess(kHome);
  store_.clock.Advance(seconds(30));
  EXPECT_EQ(LogIn(kStranger), VerifyOutcome::kGranted);
  EXPECT_EQ(Failures(Budget::kKnown), 1);
  EXPECT_EQ(Failures(Budget::kStrangers), 0);
}

TEST_F(LockOutTest, ReplayedCodeIsRefundedToItsOwnBudget) {
  EXPECT_EQ(LogIn(kHome), VerifyOutcome::kGranted);
  Guess(kHome);
  Guess(kStranger);
  EXPECT_EQ(LogIn(kHome), VerifyOutcome::kReplayed);
  EXPECT_EQ(LogIn(kStranger), VerifyOutcome::kReplayed);
  EXPECT_EQ(Failures(Budget::kKnown), 1);
  EXPECT_EQ(Failures(Budget::kStrangers), 1);
}

TEST_F(LockOutTest, NewSecretClearsBothAndKeepsTheOrigins) {
  Guess(kHome);
  Guess(kStranger);
  store_.Enroll("alice", 1000, SecretBytes::CopyOf("a secret that is new"));
  EXPECT_EQ(Failures(Budget::kKnown), 0);
  EXPECT_EQ(Failures(Budget::kStrangers), 0);
  EXPECT_EQ(store_.Verify("alice", store_.CodeOf("alice"), kHome)->origin.budget, Budget::kKnown);
}

TEST_F(LockOutTest, OriginOfAliceIsNotKnownForBob) {
  store_.Enroll("bob", 1001, SecretBytes::CopyOf("the secret of bob 20"));
  EXPECT_EQ(store_.Verify("bob", store_.CodeOf("bob"), kHome)->origin.budget, Budget::kStrangers);
  // Nor of who has her name with another uid.
  auto reader = store_.Open();
  EXPECT_EQ(VerifyCode(reader, {Alice(), 5000}, TypedCode(store_.CodeOf("alice")), store_.clock,
                       {.origin = kHome})
                ->origin.budget,
            Budget::kStrangers);
}

TEST_F(LockOutTest, SlotThatGoesToAnotherUserTakesNoOriginAlong) {
  store_.Unset("alice");
  store_.Enroll("bob", 1000, RfcSecret());
  auto reader = store_.Open();
  EXPECT_EQ(reader.FindDevices(Username::Parse("bob").value())->front().origins, KnownOrigins{});
}

TEST_F(LockOutTest, OriginsOutliveADaemonThatIsKilled) {
  store_.Restart();
  EXPECT_EQ(store_.Verify("alice", store_.CodeOf("alice"), kHome)->origin.budget, Budget::kKnown);
  store_.Restart(/*lose_ledger=*/true);
  EXPECT_EQ(store_.Verify("alice", store_.CodeOf("alice"), kOffice)->origin.budget, Budget::kKnown);
}

}  // namespace
}  // namespace twofactor
