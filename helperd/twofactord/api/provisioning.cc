#include "helperd/twofactord/api/provisioning.h"

#include "helperd/twofactord/api/system_facts.h"
#include "helperd/twofactord/otpauth/provisioning_uri.h"

namespace twofactor {
Result<SecretBytes> ProvisioningUriFor(const Config& config, const Account& account,
                                       DeviceKind kind, const SecretBytes& secret,
                                       const OtpParameters& parameters) {
  const OtpauthLabel label{config.otpauth.issuer,
                           ExpandAccount(config.otpauth.account, account.name, HostName())};
  return MakeProvisioningUri(label, kind, secret, parameters);
}

}  // namespace twofactor
