#include "common/otp/same_codes.h"

#include <algorithm>

#include "common/otp/otp_parameters.h"

namespace twofactor {

SecretBytes HmacKeyOf(const SecretBytes& secret) {
  SecretBytes key(std::max(kMaxSecretBytes, secret.size()));
  std::copy(secret.bytes().begin(), secret.bytes().end(), key.mutable_bytes().begin());
  return key;
}

bool MakeSameCodes(const SecretBytes& a, const SecretBytes& b) {
  return HmacKeyOf(a).Equals(HmacKeyOf(b));
}

}  // namespace twofactor
