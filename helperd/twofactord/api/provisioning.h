#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_PROVISIONING_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_PROVISIONING_H_

#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/livestore/verifier.h"
#include "helperd/twofactord/config/config.h"

namespace twofactor {

// The otpauth URI of a secret of the account's, labelled as the configuration says. Fails with
// kInternal.
Result<SecretBytes> ProvisioningUriFor(const Config& config, const Account& account,
                                       DeviceKind kind, const SecretBytes& secret,
                                       const OtpParameters& parameters);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_PROVISIONING_H_
