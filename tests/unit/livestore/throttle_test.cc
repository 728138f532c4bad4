#include "common/livestore/throttle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace twofactor {
namespace {

using layout::FailuresWord;
using std::chrono::seconds;

const ThrottlePolicy kPolicy;

BootTime At(std::uint64_t second) { return BootTime(seconds(second)); }

seconds WaitAfter(std::uint16_t failures, std::uint64_t elapsed) {
  return DecideTry({failures, 1000}, kPolicy, At(1000 + elapsed)).wait;
}

TEST(ThrottleTest, FreeAttemptsAreFree) {
  EXPECT_EQ(WaitAfter(0, 0), seconds(0));
  EXPECT_EQ(WaitAfter(4, 0), seconds(0));
  EXPECT_EQ(WaitAfter(5, 0), seconds(15));
}

TEST(ThrottleTest, WaitDoublesUpToItsMaximum) {
  EXPECT_EQ(WaitAfter(6, 0), seconds(30));
  EXPECT_EQ(WaitAfter(9, 0), seconds(240));
  EXPECT_EQ(WaitAfter(10, 0), seconds(300));
  EXPECT_EQ(WaitAfter(65535, 0), seconds(300));
}

TEST(ThrottleTest, WaitEndsToTheSecond) {
  EXPECT_EQ(WaitAfter(5, 14), seconds(1));
  EXPECT_EQ(WaitAfter(5, 15), seconds(0));
}

TEST(ThrottleTest, EveryWaitIsOverAtItsEdgeAndNotBefore) {
  const struct {
    std::uint16_t failures;
    std::uint64_t wait;
  } edges[] = {{5, 15}, {6, 30}, {7, 60}, {8, 120}, {9, 240}, {10, 300}, {11, 300}, {65535, 300}};
  for (const auto& edge : edges) {
    EXPECT_EQ(WaitAfter(edge.failures, edge.wait - 1), seconds(1)) << edge.failures;
    EXPECT_EQ(WaitAfter(edge.failures, edge.wait), seconds(0)) << edge.failures;
  }
}

TEST(ThrottleTest, ChargeIsOneMoreAndNow) {
  const auto charged = DecideTry({5, 1000}, kPolicy, At(1015)).charged;
  EXPECT_EQ(charged.count, 6);
  EXPECT_EQ(charged.last_try, 1015U);
}

TEST(ThrottleTest, SlotWithoutAHistoryIsFreeFromTheFirstSecondOfTheKernel) {
  EXPECT_EQ(DecideTry({0, 0}, kPolicy, At(0)).wait, seconds(0));
  EXPECT_EQ(DecideTry({0, 0}, kPolicy, At(0)).charged.count, 1);
}

TEST(ThrottleTest, LargestPolicyThatTheStoreHoldsDoesNotOverflow) {
  const seconds most(0xFFFFFFFF);
  const ThrottlePolicy policy{1, most, most, most};
  EXPECT_EQ(DecideTry({65535, 1000}, policy, At(1000)).wait, most);
}

TEST(ThrottleTest, QuietTimeForgets) {
  EXPECT_EQ(DecideTry({12, 1000}, kPolicy, At(1000 + 3599)).charged.count, 13);
  EXPECT_EQ(DecideTry({12, 1000}, kPolicy, At(1000 + 3600)).charged.count, 1);
}

TEST(ThrottleTest, AttemptInTheFutureWaitsInFullFromNowAndNoLonger) {
  EXPECT_EQ(DecideTry({5, 5000}, kPolicy, At(1000)).wait, seconds(15));
}

TEST(ThrottleTest, CountDoesNotWrap) {
  EXPECT_EQ(DecideTry({65535, 1000}, kPolicy, At(2000)).charged.count, 65535);
}

// How many of the waits are shorter than the longest: m of docs/threat-model.md.
int ShorterWaits(const ThrottlePolicy& policy) {
  int shorter = 0;
  while (policy.first_wait * (1 << shorter) < policy.longest_wait) {
    ++shorter;
  }
  return shorter;
}

// All of those together: w(2^m - 1).
std::int64_t TimeOfShorterWaits(const ThrottlePolicy& policy) {
  return policy.first_wait.count() * ((1 << ShorterWaits(policy)) - 1);
}

// N(T) of docs/threat-model.md.
std::int64_t StatedBound(const ThrottlePolicy& policy, std::int64_t time) {
  return policy.free_tries + ShorterWaits(policy) +
         (time - TimeOfShorterWaits(policy)) / policy.longest_wait.count();
}

// The shortest forget_after for which that is stated.
std::int64_t ShortestForgetAfter(const ThrottlePolicy& policy) {
  return policy.longest_wait.count() * (policy.free_tries + ShorterWaits(policy)) -
         TimeOfShorterWaits(policy);
}

ThrottlePolicy WithForgetAfter(ThrottlePolicy policy, std::int64_t forget_after) {
  policy.forget_after = seconds(forget_after);
  return policy;
}

// For each number of seconds up to `longest` the most attempts that fit into it, when one may
// choose the moment of each: as early as it may be, or once the failures are forgotten. Any other
// moment only comes later.
std::vector<int> MostAttempts(const ThrottlePolicy& policy, std::int64_t longest) {
  const int counts = policy.free_tries + ShorterWaits(policy) + 2;
  struct Next {
    std::int64_t wait;
    std::size_t count;
  };
  // What the throttle says after each number of failures.
  std::vector<Next> next;
  next.reserve(static_cast<std::size_t>(counts));
  for (int count = 0; count < counts; ++count) {
    const FailuresWord word{static_cast<std::uint16_t>(count), 1000};
    const seconds wait = DecideTry(word, policy, At(1000)).wait;
    const int charged =
        DecideTry(word, policy, At(1000 + static_cast<std::uint64_t>(wait.count()))).charged.count;
    next.push_back({wait.count(), static_cast<std::size_t>(std::min(charged, counts - 1))});
  }
  const std::int64_t forgotten = policy.forget_after.count();
  // After an attempt that left so many failures, by the seconds that are left.
  std::vector<std::vector<int>> after(static_cast<std::size_t>(counts));
  std::vector<int> most;
  most.reserve(static_cast<std::size_t>(longest) + 1);
  for (std::int64_t left = 0; left <= longest; ++left) {
    // Those that wait for nothing are made up of the ones with more failures.
    for (std::size_t count = after.size(); count-- > 0;) {
      int attempts = 0;
      if (next[count].wait <= left) {
        const auto rest = static_cast<std::size_t>(left - next[count].wait);
        attempts = 1 + after[next[count].count][rest];
      }
      if (forgotten <= left) {
        attempts = std::max(attempts, 1 + after[1][static_cast<std::size_t>(left - forgotten)]);
      }
      after[count].push_back(attempts);
    }
    most.push_back(after[0].back());
  }
  return most;
}

constexpr std::int64_t kDay = 86'400;
// free_tries, first_wait, longest_wait; forget_after is the tests'.
const ThrottlePolicy kPolicies[] = {kPolicy,
                                    {1, seconds(10), seconds(10), seconds(10)},
                                    {3, seconds(7), seconds(100), seconds(3600)},
                                    {10, seconds(1), seconds(64), seconds(3600)},
                                    {2, seconds(60), seconds(3600), seconds(86400)}};

TEST(ThrottleTest, WhoeverChoosesTheMomentsHasAsManyAttemptsAsIsStated) {
  for (const ThrottlePolicy& policy : kPolicies) {
    SCOPED_TRACE(policy.free_tries);
    const auto shortest = ShortestForgetAfter(policy);
    for (const auto forget_after : {shortest, shortest + 1, 2 * shortest}) {
      const auto most = MostAttempts(WithForgetAfter(policy, forget_after), kDay);
      for (auto time = TimeOfShorterWaits(policy); time <= kDay; ++time) {
        ASSERT_EQ(most[static_cast<std::size_t>(time)], StatedBound(policy, time)) << time;
      }
    }
  }
  EXPECT_EQ(ShortestForgetAfter(kPolicy), 2535);
  EXPECT_EQ(MostAttempts(kPolicy, kDay).back(), 296);
}

TEST(ThrottleTest, FailuresThatAreForgottenASecondEarlierGiveMore) {
  for (const ThrottlePolicy& policy : kPolicies) {
    const auto forget_after = ShortestForgetAfter(policy) - 1;
    // All free tries and shorter waits, twice.
    const auto time = 2 * TimeOfShorterWaits(policy) + forget_after;
    EXPECT_EQ(MostAttempts(WithForgetAfter(policy, forget_after), time).back(),
              StatedBound(policy, time) + 1)
        << policy.free_tries;
  }
  // The shortest that the configuration takes, beside the shipped values.
  EXPECT_EQ(MostAttempts(WithForgetAfter(kPolicy, 300), kDay).back(), 1758);
}

TEST(ThrottleTest, PackingRoundTrips) {
  const auto word = FailuresWord::Unpack(FailuresWord{7, 123456789}.Pack());
  EXPECT_EQ(word.count, 7);
  EXPECT_EQ(word.last_try, 123456789U);
}

}  // namespace
}  // namespace twofactor
