#include "common/otp/totp.h"

#include <liboath/oath.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace twofactor {
namespace {

int OathFlags(OtpAlgorithm algorithm) {
  switch (algorithm) {
    case OtpAlgorithm::kSha1:
      return 0;
    case OtpAlgorithm::kSha256:
      return OATH_TOTP_HMAC_SHA256;
    case OtpAlgorithm::kSha512:
      return OATH_TOTP_HMAC_SHA512;
  }
  return 0;
}

}  // namespace

Result<SecretBytes> GenerateTotp(const SecretBytes& secret, const OtpParameters& parameters,
                                 TimeStep step) {
  return GenerateCounterCode(secret, parameters, step);
}

Result<SecretBytes> GenerateCounterCode(const SecretBytes& secret, const OtpParameters& parameters,
                                        std::uint64_t counter) {
  // With steps of one second, the time is the counter.
  constexpr unsigned kOneSecond = 1;
  std::array<char, kMaxDigits + 1> output{};
  const void* key = secret.bytes().data();
  const int status = oath_totp_generate2(
      static_cast<const char*>(key), secret.size(), static_cast<time_t>(counter), kOneSecond,
      OATH_TOTP_DEFAULT_START_TIME, static_cast<unsigned>(parameters.digits),
      OathFlags(parameters.algorithm), output.data());
  if (status != OATH_OK) {
    return Fail(ErrorCode::kInternal, std::string("generate a code: ") + oath_strerror(status));
  }
  // The length is known: searching for the end would branch on each digit.
  const std::string_view text(output.data(), static_cast<std::size_t>(parameters.digits));
  SecretBytes code = SecretBytes::CopyOf(text);
  WipeMemory(output.data(), output.size());
  return code;
}

Result<std::optional<TimeStep>> MatchTotp(const SecretBytes& secret,
                                          const OtpParameters& parameters, TimeStep current,
                                          int window, const SecretBytes& code) {
  const auto reach = static_cast<TimeStep>(window);
  const TimeStep first = current - std::min(current, reach);
  std::optional<TimeStep> match;
  for (TimeStep step = first; step <= current + reach; ++step) {
    const auto candidate = GenerateTotp(secret, parameters, step);
    if (!candidate) {
      return Fail(candidate.error());
    }
    if (candidate->Equals(code)) {
      match = step;
    }
  }
  return match;
}

}  // namespace twofactor
