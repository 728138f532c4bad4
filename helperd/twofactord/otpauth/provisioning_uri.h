#ifndef TWOFACTOR_HELPERD_TWOFACTORD_OTPAUTH_PROVISIONING_URI_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_OTPAUTH_PROVISIONING_URI_H_

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/base/username.h"
#include "common/otp/otp_parameters.h"

namespace twofactor {

// How the label of a provisioning URI is made.
struct OtpauthLabel {
  std::string issuer;
  std::string account;  // The account's name as the app shows it.
};

// The account's name from its pattern: %u the user's name, %h the host's, %% a percent sign.
std::string ExpandAccount(std::string_view pattern, const Username& username,
                          std::string_view hostname);

// The otpauth URI that an authenticator app takes as a QR picture (the key URI format of Google
// Authenticator): otpauth://totp/<issuer>:<account>?secret=…&issuer=…, with algorithm, digits and
// period where they are not the apps' defaults (SHA1, 6, 30); otpauth://hotp/… with its counter for
// an HOTP device. Percent-encoded after RFC 3986. The URI holds the secret. Fails with kInternal.
// Thread-safe.
Result<SecretBytes> MakeProvisioningUri(const OtpauthLabel& label, DeviceKind kind,
                                        const SecretBytes& secret, const OtpParameters& parameters);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_OTPAUTH_PROVISIONING_URI_H_
