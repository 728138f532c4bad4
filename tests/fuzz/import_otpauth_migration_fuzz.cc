// A file of otpauth-migration:// URIs.
#include "cli/import/otpauth.h"
#include "tests/fuzz/import_claims.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  ClaimUsers(ParseUris(TextOf(data, size), FuzzContext()));
  return 0;
}
