#ifndef TWOFACTOR_COMMON_OTP_HOTP_H_
#define TWOFACTOR_COMMON_OTP_HOTP_H_

#include <cstdint>
#include <optional>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/otp/otp_parameters.h"

namespace twofactor {

// RFC 4226's C. The vault and liboath have 63 bits for it, and the next one must fit, too.
using HotpCounter = std::uint64_t;
inline constexpr HotpCounter kMaxHotpCounter = (std::uint64_t{1} << 62) - 1;
// How many counters a resynchronization with two codes in a row searches (RFC 4226 section 7.4).
inline constexpr int kHotpResyncReach = 1000;

// Returns the code of `counter`, at most kMaxHotpCounter, as decimal digits with leading zeros.
// Ignores the interval. Fails with kInternal if liboath fails. Thread-safe.
Result<SecretBytes> GenerateHotp(const SecretBytes& secret, const OtpParameters& parameters,
                                 HotpCounter counter);

// Returns the first counter in [first, first + look_ahead] whose code is `code`, if there is one.
// Always computes all of them and compares them in constant time. Fails in the same way.
// Thread-safe.
Result<std::optional<HotpCounter>> MatchHotp(const SecretBytes& secret,
                                             const OtpParameters& parameters, HotpCounter first,
                                             int look_ahead, const SecretBytes& code);

// Returns the first counter in [first, first + look_ahead] whose code is `code` and whose
// successor's code is `second`. Fails in the same way. Thread-safe.
Result<std::optional<HotpCounter>> MatchTwoHotp(const SecretBytes& secret,
                                                const OtpParameters& parameters, HotpCounter first,
                                                int look_ahead, const SecretBytes& code,
                                                const SecretBytes& second);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_HOTP_H_
