#include "helperd/twofactord/factor/two_codes.h"

#include <algorithm>

#include "common/otp/hotp.h"

namespace twofactor {

Result<std::optional<TimeStep>> MatchTwoTotp(const SecretBytes& secret,
                                             const OtpParameters& parameters, TimeStep current,
                                             TimeStep least, const SecretBytes& first,
                                             const SecretBytes& second) {
  const TimeStep start = std::max(current - std::min<TimeStep>(current, kMaxSkew), least);
  // The second code is the last that is looked at, and sets the skew.
  const std::int64_t steps = std::int64_t{current} + kMaxSkew - 1 - std::int64_t{start};
  if (steps < 0) {
    return std::nullopt;
  }
  // A step is a counter (RFC 6238 section 4.2).
  const auto match =
      MatchTwoHotp(secret, parameters, start, static_cast<int>(steps), first, second);
  if (!match) {
    return Fail(match.error());
  }
  return *match ? std::optional(static_cast<TimeStep>(**match)) : std::nullopt;
}

}  // namespace twofactor
