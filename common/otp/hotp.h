#ifndef TWOFACTOR_COMMON_OTP_HOTP_H_
#define TWOFACTOR_COMMON_OTP_HOTP_H_

#include <cstdint>
#include <optional>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/otp/otp_parameters.h"

namespace twofactor {

// RFC 4226's moving factor. The vault and liboath have 63 bits for it, and what follows it must
// fit, too.
using HotpCounter = std::uint64_t;
inline constexpr HotpCounter kMaxHotpCounter = (std::uint64_t{1} << 62) - 1;
// How far a resynchronisation by two codes in a row looks (RFC 4226 section 7.4).
inline constexpr int kHotpResyncReach = 1000;

// The code of `counter`, at most kMaxHotpCounter, as decimal digits with leading zeros; the
// interval does not count. Fails with kInternal where liboath does. Thread-safe.
Result<SecretBytes> GenerateHotp(const SecretBytes& secret, const OtpParameters& parameters,
                                 HotpCounter counter);

// The first counter of [first, first + look_ahead] whose code is `code`, none if there is none. All
// of them are always computed and compared in constant time. Same failures. Thread-safe.
Result<std::optional<HotpCounter>> MatchHotp(const SecretBytes& secret,
                                             const OtpParameters& parameters, HotpCounter first,
                                             int look_ahead, const SecretBytes& code);

// The first counter of [first, first + look_ahead] whose code is `code` and whose next one's is
// `second`. Same failures. Thread-safe.
Result<std::optional<HotpCounter>> MatchTwoHotp(const SecretBytes& secret,
                                                const OtpParameters& parameters, HotpCounter first,
                                                int look_ahead, const SecretBytes& code,
                                                const SecretBytes& second);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_HOTP_H_
