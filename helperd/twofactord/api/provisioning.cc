#include "helperd/twofactord/api/provisioning.h"

#include <unistd.h>

#include <array>
#include <string>

#include "helperd/twofactord/otpauth/provisioning_uri.h"

namespace twofactor {
namespace {

std::string Hostname() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace

Result<SecretBytes> ProvisioningUriFor(const Config& config, const Account& account,
                                       DeviceKind kind, const SecretBytes& secret,
                                       const OtpParameters& parameters) {
  const OtpauthLabel label{config.otpauth.issuer,
                           ExpandAccount(config.otpauth.account, account.name, Hostname())};
  return MakeProvisioningUri(label, kind, secret, parameters);
}

}  // namespace twofactor
