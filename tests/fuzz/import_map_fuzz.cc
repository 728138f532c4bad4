// The CSV of import --map.
#include "cli/import/choice.h"
#include "tests/fuzz/import_claims.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  const auto map = ParseUserMap(TextOf(data, size));
  if (!map) {
    Claim(!map.error().message().empty());
    return 0;
  }
  for (const auto& [key, user] : *map) {
    Claim(!key.empty() && !user.empty());
  }
  return 0;
}
