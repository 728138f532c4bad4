#include "common/otp/same_codes.h"

#include <gtest/gtest.h>

#include "common/otp/totp.h"

namespace twofactor {
namespace {

SecretBytes Bytes(std::string_view text) { return SecretBytes::CopyOf(text); }

TEST(SameCodesTest, ZeroBytesAtTheEndMakeTheSameCodes) {
  using std::string_view_literals::operator""sv;
  const SecretBytes secret = Bytes("12345678901234567890");
  const SecretBytes longer = Bytes("12345678901234567890\0\0"sv);
  for (const auto algorithm : {OtpAlgorithm::kSha1, OtpAlgorithm::kSha256, OtpAlgorithm::kSha512}) {
    const OtpParameters parameters{algorithm, 8, std::chrono::seconds(30)};
    EXPECT_TRUE(GenerateTotp(secret, parameters, 7)
                    .value()
                    .Equals(GenerateTotp(longer, parameters, 7).value()));
  }
  EXPECT_TRUE(MakeSameCodes(secret, longer));
  EXPECT_TRUE(MakeSameCodes(longer, secret));
}

TEST(SameCodesTest, OtherBytesMakeOtherCodes) {
  using std::string_view_literals::operator""sv;
  EXPECT_FALSE(MakeSameCodes(Bytes("12345678901234567890"), Bytes("12345678901234567891")));
  EXPECT_FALSE(MakeSameCodes(Bytes("1234"), Bytes("\0001234"sv)));
  EXPECT_FALSE(MakeSameCodes(Bytes("1234"), Bytes("12345")));
}

}  // namespace
}  // namespace twofactor
