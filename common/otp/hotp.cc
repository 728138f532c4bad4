#include "common/otp/hotp.h"

#include <algorithm>
#include <chrono>

#include "common/otp/totp.h"

namespace twofactor {

Result<SecretBytes> GenerateHotp(const SecretBytes& secret, const OtpParameters& parameters,
                                 HotpCounter counter) {
  // RFC 6238 section 4.2: TOTP is HOTP with the step as the counter. liboath's own HOTP supports
  // only SHA-1.
  return GenerateCounterCode(secret, parameters, std::min(counter, kMaxHotpCounter));
}

Result<std::optional<HotpCounter>> MatchHotp(const SecretBytes& secret,
                                             const OtpParameters& parameters, HotpCounter first,
                                             int look_ahead, const SecretBytes& code) {
  std::optional<HotpCounter> match;
  for (int i = 0; i <= look_ahead; ++i) {
    const HotpCounter counter = first + static_cast<HotpCounter>(i);
    const auto candidate = GenerateHotp(secret, parameters, counter);
    if (!candidate) {
      return Fail(candidate.error());
    }
    if (candidate->Equals(code) && !match) {
      match = counter;
    }
  }
  return match;
}

Result<std::optional<HotpCounter>> MatchTwoHotp(const SecretBytes& secret,
                                                const OtpParameters& parameters, HotpCounter first,
                                                int look_ahead, const SecretBytes& code,
                                                const SecretBytes& second) {
  std::optional<HotpCounter> match;
  bool last_matched = false;
  for (int i = 0; i <= look_ahead + 1; ++i) {
    const HotpCounter counter = first + static_cast<HotpCounter>(i);
    const auto candidate = GenerateHotp(secret, parameters, counter);
    if (!candidate) {
      return Fail(candidate.error());
    }
    if (last_matched && candidate->Equals(second) && !match) {
      match = counter - 1;
    }
    last_matched = candidate->Equals(code);
  }
  return match;
}

}  // namespace twofactor
