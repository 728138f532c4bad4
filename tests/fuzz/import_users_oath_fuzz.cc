// A users.oath file.
#include "cli/import/users_oath.h"
#include "tests/fuzz/import_claims.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  ClaimUsers(ParseUsersOath(TextOf(data, size), FuzzContext()));
  return 0;
}
