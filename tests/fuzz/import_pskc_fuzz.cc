// A PSKC document, with a key for those that are encrypted: that of RFC 6030's figure 6, or the
// passphrase of figure 7.
#include "cli/import/encodings.h"
#include "cli/import/pskc.h"
#include "tests/fuzz/import_claims.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  ClaimUsers(
      ParsePskc(TextOf(data, size), FuzzContext(), [](PskcKeyKind kind) -> Result<SecretBytes> {
        if (kind == PskcKeyKind::kPassphrase) {
          return SecretBytes::CopyOf("qwerty");
        }
        return std::move(*DecodeHex("12345678901234567890123456789012"));
      }));
  return 0;
}
