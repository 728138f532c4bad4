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
  // Values from here on would make the first letters likelier than the last.
  constexpr std::size_t kFair = 256 - 256 % kRecoveryAlphabet.size();
  SecretBytes code(kRecoveryCharacters);
  for (std::uint8_t& character : code.mutable_bytes()) {
    std::uint8_t random = 0;
    do {
      if (!FillWithRandom({&random, 1})) {
        return Fail(ErrorCode::kInternal, "get random bytes for a recovery code");
      }
    } while (random >= kFair);
    character = static_cast<std::uint8_t>(kRecoveryAlphabet[random % kRecoveryAlphabet.size()]);
  }
  return code;
}

}  // namespace twofactor
