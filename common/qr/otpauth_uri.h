#ifndef TWOFACTOR_COMMON_QR_OTPAUTH_URI_H_
#define TWOFACTOR_COMMON_QR_OTPAUTH_URI_H_

#include <string>
#include <string_view>

namespace twofactor {

// Returns the secret of an otpauth URI in groups of four for typing: "ABCD EFGH …". Empty if it has
// none.
std::string SecretInGroups(std::string_view uri);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_QR_OTPAUTH_URI_H_
