#ifndef TWOFACTOR_COMMON_OTP_CODE_H_
#define TWOFACTOR_COMMON_OTP_CODE_H_

#include <string_view>

#include "common/base/secret_bytes.h"

namespace twofactor {

// What a person typed as a one-time password, without the blanks that help to read it ("123 456").
// Empty where it holds anything but digits and blanks, or more than kMaxDigits digits: such a thing
// matches no code.
//
// Thread-safe.
SecretBytes ParseCode(std::string_view typed);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_CODE_H_
