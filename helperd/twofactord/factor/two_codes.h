#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_TWO_CODES_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_TWO_CODES_H_

#include <optional>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/otp/otp_parameters.h"

namespace twofactor {

// Two codes in a row tell how far a TOTP device's clock is off (RFC 6238 section 6): the step of
// the first, within kMaxSkew steps of `current` and not before `least`; none where there is none.
// `second` is the next step's code. Takes some milliseconds. Fails with kInternal. Thread-safe.
Result<std::optional<TimeStep>> MatchTwoTotp(const SecretBytes& secret,
                                             const OtpParameters& parameters, TimeStep current,
                                             TimeStep least, const SecretBytes& first,
                                             const SecretBytes& second);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_TWO_CODES_H_
