// A sealed secret of the vault, damaged: it opens with the very bytes that were sealed, or not at
// all. The first byte says how much of a real seal the input replaces.
#include <algorithm>
#include <string>

#include "helperd/twofactord/vault/sealing.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  static const auto* key = new VaultKey(VaultKey::Parse(std::string(64, 'a')).value());
  static const auto* sealed = new SealedSecret(
      Seal(*key, SealIdentity("fuzz").Add("alice"), SecretBytes::CopyOf("twelve bytes")).value());
  if (size == 0) {
    return 0;
  }
  std::vector<std::uint8_t> bytes = sealed->bytes;
  const std::size_t kept = data[0] % (bytes.size() + 1);
  bytes.resize(kept);
  bytes.insert(bytes.end(), data + 1, data + size);
  const auto opened = Unseal(*key, SealIdentity("fuzz").Add("alice"), bytes);
  Claim(opened.has_value() == (bytes == sealed->bytes));
  Claim(!opened || opened->text() == "twelve bytes");
  Claim(!Unseal(*key, SealIdentity("fuzz").Add("bob"), bytes));
  return 0;
}
