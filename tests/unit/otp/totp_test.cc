#include "common/otp/totp.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

using std::chrono::seconds;

const SecretBytes& TotpSecret() {
  static const SecretBytes secret = SecretBytes::CopyOf("12345678901234567890");
  return secret;
}

SecretBytes CodeAt(TimeStep step, const OtpParameters& parameters = {}) {
  return GenerateTotp(TotpSecret(), parameters, step).value();
}

TEST(TotpTest, GivesTheCodesOfRfc4226AppendixD) {
  const char* codes[] = {"755224", "287082", "359152", "969429", "338314",
                         "254676", "287922", "162583", "399871", "520489"};
  for (TimeStep count = 0; count < std::size(codes); ++count) {
    EXPECT_EQ(CodeAt(count).text(), codes[count]);
  }
}

TEST(TotpTest, MatchesEveryStepOfTheWindowAndNoOther) {
  for (int window = 0; window <= kMaxWindow; ++window) {
    for (int distance = -kMaxWindow - 1; distance <= kMaxWindow + 1; ++distance) {
      const TimeStep step = static_cast<TimeStep>(1000 + distance);
      const auto match = MatchTotp(TotpSecret(), {}, 1000, window, CodeAt(step)).value();
      if (std::abs(distance) <= window) {
        EXPECT_EQ(match, step);
      } else {
        EXPECT_EQ(match, std::nullopt);
      }
    }
  }
}

TEST(TotpTest, WindowStopsAtStepZero) {
  EXPECT_EQ(MatchTotp(TotpSecret(), {}, 0, 10, CodeAt(0)).value(), TimeStep{0});
  EXPECT_EQ(MatchTotp(TotpSecret(), {}, 1, 10, CodeAt(0)).value(), TimeStep{0});
}

TEST(TotpTest, OfTwoStepsWithOneCodeTheHigherCounts) {
  // The property is looked for: of three million pairs of neighbours one in a million has one code.
  for (TimeStep first = 0; first < 3000000; ++first) {
    const SecretBytes code = CodeAt(first);
    if (code.Equals(CodeAt(first + 1))) {
      EXPECT_EQ(MatchTotp(TotpSecret(), {}, first, 1, code).value(), first + 1);
      return;
    }
  }
  FAIL() << "no two adjacent steps with one code";
}

TEST(TotpTest, NothingMatchesAnEmptyCodeOrOneOfAnotherLength) {
  EXPECT_EQ(MatchTotp(TotpSecret(), {}, 1000, 10, SecretBytes()).value(), std::nullopt);
  EXPECT_EQ(MatchTotp(TotpSecret(), {OtpAlgorithm::kSha1, 8, seconds(30)}, 1000, 10, CodeAt(1000))
                .value(),
            std::nullopt);
}

TEST(TimeStepTest, CountsWholeIntervals) {
  EXPECT_EQ(StepAt(WallTime(seconds(0)), seconds(30)), 0U);
  EXPECT_EQ(StepAt(WallTime(seconds(29)), seconds(30)), 0U);
  EXPECT_EQ(StepAt(WallTime(seconds(30)), seconds(30)), 1U);
  EXPECT_EQ(StepAt(WallTime(seconds(-1)), seconds(30)), 0U);
  EXPECT_EQ(StartOf(3, seconds(7)), WallTime(seconds(21)));
}

TEST(OtpParametersTest, AreValidOnlyWithinTheirBounds) {
  EXPECT_TRUE((OtpParameters{OtpAlgorithm::kSha1, 6, seconds(5)}.Valid()));
  EXPECT_FALSE((OtpParameters{OtpAlgorithm::kSha1, 5, seconds(30)}.Valid()));
  EXPECT_FALSE((OtpParameters{OtpAlgorithm::kSha1, 9, seconds(30)}.Valid()));
  EXPECT_FALSE((OtpParameters{OtpAlgorithm::kSha1, 6, seconds(4)}.Valid()));
  EXPECT_FALSE((OtpParameters{OtpAlgorithm::kSha1, 6, seconds(86401)}.Valid()));
  EXPECT_FALSE(AlgorithmFromStored(0));
  EXPECT_FALSE(AlgorithmFromStored(4));
}

}  // namespace
}  // namespace twofactor
