#include "common/livestore/throttle.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

using layout::FailuresWord;
using std::chrono::seconds;

const ThrottlePolicy kPolicy;

BootTime At(std::uint64_t second) { return BootTime(seconds(second)); }

seconds WaitAfter(std::uint16_t failures, std::uint64_t elapsed) {
  return DecideTry({failures, 1000}, kPolicy, At(1000 + elapsed)).wait;
}

TEST(ThrottleTest, FreeTriesAreFree) {
  EXPECT_EQ(WaitAfter(0, 0), seconds(0));
  EXPECT_EQ(WaitAfter(4, 0), seconds(0));
  EXPECT_EQ(WaitAfter(5, 0), seconds(15));
}

TEST(ThrottleTest, WaitDoublesUpToItsBound) {
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

TEST(ThrottleTest, TryInTheFutureWaitsInFullFromNowAndNoLonger) {
  EXPECT_EQ(DecideTry({5, 5000}, kPolicy, At(1000)).wait, seconds(15));
}

TEST(ThrottleTest, CountDoesNotWrap) {
  EXPECT_EQ(DecideTry({65535, 1000}, kPolicy, At(2000)).charged.count, 65535);
}

TEST(ThrottleTest, WordsSurvivePacking) {
  const auto word = FailuresWord::Unpack(FailuresWord{7, 123456789}.Pack());
  EXPECT_EQ(word.count, 7);
  EXPECT_EQ(word.last_try, 123456789U);
}

}  // namespace
}  // namespace twofactor
