// An export of an app or a password manager, to each of their readers; encrypted ones have the
// passphrase "qwerty".
#include "cli/import/format.h"
#include "tests/fuzz/import_claims.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  for (const ImportFormat format :
       {ImportFormat::kAegis, ImportFormat::kTwoFas, ImportFormat::kAndOtp, ImportFormat::kFreeOtp,
        ImportFormat::kBitwarden, ImportFormat::kKeepassxc}) {
    ClaimUsers(ParseImport(format, TextOf(data, size), FuzzContext(),
                           [](PskcKeyKind) { return SecretBytes::CopyOf("qwerty"); }));
  }
  GuessFormat(TextOf(data, size));
  return 0;
}
