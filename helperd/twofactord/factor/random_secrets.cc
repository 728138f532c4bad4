#include "helperd/twofactord/factor/random_secrets.h"

#include <openssl/rand.h>

#include "common/otp/code.h"
#include "common/otp/otp_parameters.h"

namespace twofactor {
namespace {

bool FillWithRandom(std::span<std::uint8_t> bytes) {
  return RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1;
}

}  // namespace

Result<SecretBytes> MakeSecret() {
  SecretBytes secret(kNewSecretBytes);
  if (!FillWithRandom(secret.mutable_bytes())) {
    return Fail(ErrorCode::kInternal, "get random bytes for a secret");
  }
  return secret;
}

Result<SecretBytes> MakeRecoveryCode() {
  // Every byte is as likely as any other, and so is every character of an alphabet that divides
  // them.
  static_assert(256 % kRecoveryAlphabet.size() == 0);
  SecretBytes code(kRecoveryCharacters);
  if (!FillWithRandom(code.mutable_bytes())) {
    return Fail(ErrorCode::kInternal, "get random bytes for a recovery code");
  }
  for (std::uint8_t& character : code.mutable_bytes()) {
    character = static_cast<std::uint8_t>(kRecoveryAlphabet[character % kRecoveryAlphabet.size()]);
  }
  return code;
}

}  // namespace twofactor
