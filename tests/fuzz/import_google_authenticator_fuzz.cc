// A .google_authenticator file.
#include "cli/import/google_authenticator.h"
#include "tests/fuzz/import_claims.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  ClaimUsers(ParseGoogleAuthenticator(TextOf(data, size), FuzzContext("alice")));
  return 0;
}
