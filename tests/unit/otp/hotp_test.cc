// RFC 4226, appendix D.
#include "common/otp/hotp.h"

#include <gtest/gtest.h>

#include <array>

namespace twofactor {
namespace {

SecretBytes Secret() { return SecretBytes::CopyOf("12345678901234567890"); }
SecretBytes Code(const char* text) { return SecretBytes::CopyOf(std::string_view(text)); }

TEST(HotpTest, CodesOfAppendixD) {
  constexpr std::array kCodes = {"755224", "287082", "359152", "969429", "338314",
                                 "254676", "287922", "162583", "399871", "520489"};
  for (std::size_t counter = 0; counter < kCodes.size(); ++counter) {
    EXPECT_EQ(GenerateHotp(Secret(), {}, counter).value().text(), kCodes[counter]);
  }
}

TEST(HotpTest, MatchIsWithinTheLookAheadAlone) {
  const auto match = [](HotpCounter first, int look_ahead, const char* code) {
    return MatchHotp(Secret(), {}, first, look_ahead, Code(code)).value();
  };
  EXPECT_EQ(match(1, 3, "338314"), 4U);
  EXPECT_EQ(match(1, 2, "338314"), std::nullopt);
  EXPECT_EQ(match(5, 10, "338314"), std::nullopt);
  EXPECT_EQ(match(1, 3, ""), std::nullopt);
}

TEST(HotpTest, TwoCodesMustFollowEachOther) {
  const auto match = [](const char* first, const char* second) {
    return MatchTwoHotp(Secret(), {}, 0, 5, Code(first), Code(second)).value();
  };
  EXPECT_EQ(match("969429", "338314"), 3U);
  EXPECT_EQ(match("254676", "287922"), 5U);
  EXPECT_EQ(match("287922", "162583"), std::nullopt);
  EXPECT_EQ(match("338314", "969429"), std::nullopt);
  EXPECT_EQ(match("969429", "969429"), std::nullopt);
}

TEST(HotpTest, CountersAreAsLargeAsTheVaultsAre) {
  EXPECT_NE(GenerateHotp(Secret(), {}, kMaxHotpCounter).value().text(),
            GenerateHotp(Secret(), {}, kMaxHotpCounter - 1).value().text());
}

}  // namespace
}  // namespace twofactor
