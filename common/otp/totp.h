#ifndef TWOFACTOR_COMMON_OTP_TOTP_H_
#define TWOFACTOR_COMMON_OTP_TOTP_H_

#include <cstdint>
#include <optional>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/otp/otp_parameters.h"

namespace twofactor {

// The code of `step` (RFC 6238), as decimal digits with leading zeros. `parameters` are valid,
// `secret` holds 1 to kMaxSecretBytes bytes. Fails with kInternal where liboath does. Thread-safe.
Result<SecretBytes> GenerateTotp(const SecretBytes& secret, const OtpParameters& parameters,
                                 TimeStep step);

// The code of a counter of 62 bits (RFC 4226 with any of the algorithms; the interval does not
// count): what GenerateTotp and GenerateHotp are made of. Same failures. Thread-safe.
Result<SecretBytes> GenerateCounterCode(const SecretBytes& secret, const OtpParameters& parameters,
                                        std::uint64_t counter);

// The highest step of [current - window, current + window] whose code is `code`, none if there is
// none.
//
// Every step of the window is always computed and compared in constant time, so the time tells
// nothing of the code or of where it matched. The highest one counts because whoever consumes it
// closes the lower ones too. Same failures as GenerateTotp. Thread-safe.
Result<std::optional<TimeStep>> MatchTotp(const SecretBytes& secret,
                                          const OtpParameters& parameters, TimeStep current,
                                          int window, const SecretBytes& code);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_TOTP_H_
