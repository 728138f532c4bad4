// Steps of every interval, at both of their edges and at both ends of time.
#include <gtest/gtest.h>

#include <limits>

#include "common/otp/totp.h"

namespace twofactor {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kNow = 1'800'000'123;

class StepTest : public testing::TestWithParam<int> {
 protected:
  SecretBytes CodeAt(std::int64_t time) const {
    return GenerateTotp(secret_, parameters_, StepAt(WallTime(seconds(time)), interval_)).value();
  }

  const seconds interval_{GetParam()};
  const OtpParameters parameters_{OtpAlgorithm::kSha1, 6, interval_};
  const SecretBytes secret_ = SecretBytes::CopyOf("12345678901234567890");
  const TimeStep step_ = StepAt(WallTime(seconds(kNow)), interval_);
};

TEST_P(StepTest, LastsFromItsStartToTheSecondBeforeTheNext) {
  const WallTime start = StartOf(step_, interval_);
  EXPECT_LE(start, WallTime(seconds(kNow)));
  EXPECT_EQ(StepAt(start, interval_), step_);
  EXPECT_EQ(StepAt(start - seconds(1), interval_), step_ - 1);
  EXPECT_EQ(StepAt(start + interval_ - seconds(1), interval_), step_);
  EXPECT_EQ(StepAt(start + interval_, interval_), step_ + 1);
}

TEST_P(StepTest, HasOneCodeThroughout) {
  const auto start = StartOf(step_, interval_).time_since_epoch().count();
  EXPECT_TRUE(CodeAt(start).Equals(CodeAt(start + GetParam() - 1)));
  EXPECT_FALSE(CodeAt(start).Equals(CodeAt(start + GetParam())));
  EXPECT_FALSE(CodeAt(start).Equals(CodeAt(start - 1)));
}

TEST_P(StepTest, IsMatchedFromEveryOtherStepOfTheWindow) {
  const SecretBytes code = CodeAt(kNow);
  for (TimeStep current = step_ - 3; current <= step_ + 3; ++current) {
    const auto match = MatchTotp(secret_, parameters_, current, 3, code).value();
    EXPECT_EQ(match, step_) << current;
  }
  EXPECT_NE(MatchTotp(secret_, parameters_, step_ + 4, 3, code).value(), step_);
  EXPECT_NE(MatchTotp(secret_, parameters_, step_ - 4, 3, code).value(), step_);
}

TEST_P(StepTest, StaysFarEnoughFromTheEndForEveryWindow) {
  const WallTime end{seconds(std::numeric_limits<std::int64_t>::max())};
  const TimeStep last = StepAt(end, interval_);
  EXPECT_LT(last + 2 * kMaxWindow + 1, kMaxTimeStep);
  EXPECT_GT(StartOf(last, interval_), WallTime(seconds(kNow)));
  EXPECT_TRUE(MatchTotp(secret_, parameters_, last, kMaxWindow, CodeAt(kNow)));
}

TEST_P(StepTest, IsTheFirstForEveryTimeBefore1970) {
  EXPECT_EQ(StepAt(WallTime(seconds(-1)), interval_), 0U);
  EXPECT_EQ(StepAt(WallTime(seconds(std::numeric_limits<std::int64_t>::min())), interval_), 0U);
}

TEST_P(StepTest, WindowOfEverySizeStopsAtTheFirst) {
  const SecretBytes first = CodeAt(0);
  for (int window = 0; window <= kMaxWindow; ++window) {
    EXPECT_EQ(MatchTotp(secret_, parameters_, 0, window, first).value(), TimeStep{0});
    const auto near = MatchTotp(secret_, parameters_, static_cast<TimeStep>(window), window, first);
    EXPECT_EQ(near.value(), TimeStep{0});
  }
}

INSTANTIATE_TEST_SUITE_P(OddIntervals, StepTest, testing::Values(5, 7, 30, 45, 60, 86400));

}  // namespace
}  // namespace twofactor
