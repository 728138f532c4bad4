// The live store's files as a reader meets them damaged. Each four bytes of the input change one
// byte of one file: which file, where (two bytes), what. The reader gives an error or devices that
// are within their bounds, and a wrong code opens nothing.
#include <algorithm>
#include <array>
#include <string>

#include "tests/fuzz/fuzz_target.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

struct WholeStore {
  WholeStore() {
    for (const char* name : {"alice", "bob", "carol"}) {
      store.Enroll(name, 1000, RfcSecret());
    }
    const RunPaths paths = store.paths();
    names = {paths.Index(), paths.Records(), paths.Ledger()};
    for (std::size_t i = 0; i < names.size(); ++i) {
      files[i] = ReadFile(names[i]);
    }
  }

  StoreFixture store;
  std::array<std::string, 3> names;
  std::array<std::string, 3> files;
};

void TryAll(const StoreFixture& store) {
  auto reader = LiveStoreReader::Open(store.paths());
  if (!reader) {
    return;
  }
  for (const char* name : {"alice", "bob", "nobody"}) {
    const Account account{Username::Parse(name).value(), 1000};
    const auto devices = reader->FindDevices(account.name);
    if (devices) {
      for (const DeviceRecord& device : *devices) {
        Claim(device.parameters.digits >= kMinDigits && device.parameters.digits <= kMaxDigits);
        Claim(device.secret.size() <= kMaxSecretBytes);
      }
    }
    static_cast<void>(ReadFactorState(*reader, account, "sshd", store.clock));
    const auto verification =
        VerifyCode(*reader, account, TypedCode(SecretBytes::CopyOf("000000")), store.clock);
    Claim(!verification || verification->outcome != VerifyOutcome::kGranted);
  }
}

}  // namespace
}  // namespace twofactor

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  static const WholeStore* whole = new WholeStore;
  auto files = whole->files;
  for (std::size_t at = 0; at + 4 <= size; at += 4) {
    std::string& file = files[data[at] % files.size()];
    const std::size_t offset = data[at + 1] | std::size_t{data[at + 2]} << 8;
    if ((data[at] & 0x80) != 0) {
      file.resize(std::min(file.size(), offset));
    } else if (offset < file.size()) {
      file[offset] = static_cast<char>(data[at + 3]);
    }
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    WriteFile(whole->names[i], files[i]);
  }
  TryAll(whole->store);
  return 0;
}
