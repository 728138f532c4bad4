// The test vectors of RFC 6238, appendix B. The secrets are those of its reference code: the
// digits 1234567890 repeated to the length of the hash.
#include <gtest/gtest.h>

#include "common/otp/totp.h"

namespace twofactor {
namespace {

using std::chrono::seconds;

struct Vector {
  std::int64_t time;
  OtpAlgorithm algorithm;
  const char* code;
};

constexpr Vector kVectors[] = {
    {59, OtpAlgorithm::kSha1, "94287082"},
    {59, OtpAlgorithm::kSha256, "46119246"},
    {59, OtpAlgorithm::kSha512, "90693936"},
    {1111111109, OtpAlgorithm::kSha1, "07081804"},
    {1111111109, OtpAlgorithm::kSha256, "68084774"},
    {1111111109, OtpAlgorithm::kSha512, "25091201"},
    {1111111111, OtpAlgorithm::kSha1, "14050471"},
    {1111111111, OtpAlgorithm::kSha256, "67062674"},
    {1111111111, OtpAlgorithm::kSha512, "99943326"},
    {1234567890, OtpAlgorithm::kSha1, "89005924"},
    {1234567890, OtpAlgorithm::kSha256, "91819424"},
    {1234567890, OtpAlgorithm::kSha512, "93441116"},
    {2000000000, OtpAlgorithm::kSha1, "69279037"},
    {2000000000, OtpAlgorithm::kSha256, "90698825"},
    {2000000000, OtpAlgorithm::kSha512, "38618901"},
    {20000000000, OtpAlgorithm::kSha1, "65353130"},
    {20000000000, OtpAlgorithm::kSha256, "77737706"},
    {20000000000, OtpAlgorithm::kSha512, "47863826"},
};

SecretBytes SecretOf(OtpAlgorithm algorithm) {
  const std::size_t bytes = algorithm == OtpAlgorithm::kSha1     ? 20
                            : algorithm == OtpAlgorithm::kSha256 ? 32
                                                                 : 64;
  SecretBytes secret(bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    secret.mutable_bytes()[i] = static_cast<std::uint8_t>('0' + (i + 1) % 10);
  }
  return secret;
}

class Rfc6238Test : public testing::TestWithParam<Vector> {
 protected:
  const SecretBytes secret_ = SecretOf(GetParam().algorithm);
  const OtpParameters parameters_{GetParam().algorithm, 8, seconds(30)};
  const TimeStep step_ = StepAt(WallTime(seconds(GetParam().time)), seconds(30));
};

TEST_P(Rfc6238Test, CodeIsTheOneOfTheTable) {
  EXPECT_EQ(GenerateTotp(secret_, parameters_, step_).value().text(), GetParam().code);
}

TEST_P(Rfc6238Test, CodeOfTheTableMatchesItsStepAlone) {
  const SecretBytes code = SecretBytes::CopyOf(GetParam().code);
  EXPECT_EQ(MatchTotp(secret_, parameters_, step_, 0, code).value(), step_);
  EXPECT_EQ(MatchTotp(secret_, parameters_, step_ + 1, 0, code).value(), std::nullopt);
}

TEST_P(Rfc6238Test, ShorterCodesAreTheLastDigitsOfTheTable) {
  // RFC 4226, section 5.3: the digits are the remainder of one number.
  for (const int digits : {6, 7}) {
    OtpParameters shorter = parameters_;
    shorter.digits = digits;
    EXPECT_EQ(GenerateTotp(secret_, shorter, step_).value().text(),
              std::string_view(GetParam().code).substr(8 - static_cast<std::size_t>(digits)));
  }
}

INSTANTIATE_TEST_SUITE_P(AppendixB, Rfc6238Test, testing::ValuesIn(kVectors));

}  // namespace
}  // namespace twofactor
