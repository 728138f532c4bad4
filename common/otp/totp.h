#ifndef TWOFACTOR_COMMON_OTP_TOTP_H_
#define TWOFACTOR_COMMON_OTP_TOTP_H_

#include <cstdint>
#include <optional>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/otp/otp_parameters.h"

namespace twofactor {

// Returns the code of `step` (RFC 6238), as decimal digits with leading zeros. `parameters` are
// valid, `secret` has 1 to kMaxSecretBytes bytes. Fails with kInternal if liboath fails.
// Thread-safe.
Result<SecretBytes> GenerateTotp(const SecretBytes& secret, const OtpParameters& parameters,
                                 TimeStep step);

// Returns the code of a counter of 62 bits (RFC 4226 with any of the algorithms; ignores the
// interval). GenerateTotp and GenerateHotp use it. Fails in the same way. Thread-safe.
Result<SecretBytes> GenerateCounterCode(const SecretBytes& secret, const OtpParameters& parameters,
                                        std::uint64_t counter);

// Returns the highest step in [current - window, current + window] whose code is `code`, if there
// is one.
//
// Always computes every step of the window and compares it in constant time, so the time reveals
// neither the code nor where it matched. The highest one counts because consuming it also blocks
// the lower ones. Fails like GenerateTotp. Thread-safe.
Result<std::optional<TimeStep>> MatchTotp(const SecretBytes& secret,
                                          const OtpParameters& parameters, TimeStep current,
                                          int window, const SecretBytes& code);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_TOTP_H_
