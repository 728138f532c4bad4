// The daemon's answers as the module reads them where it has no live store. The input's lines are
// what the daemon says, one for each request: what is not a clear yes is a no.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "common/base/clock.h"
#include "pam_module/factor_source.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/wire/fake_daemon.h"

namespace twofactor {
namespace {

// Takes one connection after the other, for as long as the process lives.
class LastingDaemon {
 public:
  LastingDaemon() : listener_(ListenAt(directory_ / "api.sock", 8)) {
    std::thread([this] { Serve(); }).detach();
  }
  RunPaths paths() const { return RunPaths(directory_.path()); }
  std::string text;  // Set before a client connects.

 private:
  [[noreturn]] void Serve() {
    for (;;) {
      const UniqueFd connection(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      const std::string said = text;
      for (std::size_t at = 0; at < said.size();) {
        const std::size_t end = std::min(said.find('\n', at), said.size() - 1);
        if (ReadRequest(connection.get()).empty()) {
          break;
        }
        Say(connection.get(), said.substr(at, end + 1 - at));
        at = end + 1;
      }
    }
  }

  TempDirectory directory_;
  UniqueFd listener_;
};

bool SaysGranted(const std::string& text) { return text.find("granted") != std::string::npos; }

}  // namespace
}  // namespace twofactor

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  static LastingDaemon* daemon = new LastingDaemon;
  daemon->text.assign(data, data + size);
  const SystemClock clock;
  auto source = OpenFactorSource(daemon->paths(), clock, std::chrono::seconds(2));
  Claim(source.has_value());
  const Account account{Username::Parse("alice").value(), 1000};
  const auto state = (*source)->ReadState(account, "login");
  if (state) {
    Claim(!state->digits.empty());
    for (const int digits : state->digits) {
      Claim(digits >= kMinDigits && digits <= kMaxDigits);
    }
  }
  const auto typed = TypedCode(SecretBytes::CopyOf("123456"));
  const auto verification = (*source)->Verify(account, "login", typed, {});
  // JSON may write a letter as \u0067, so only what has no escape is claimed of.
  if (verification && verification->outcome == VerifyOutcome::kGranted &&
      daemon->text.find('\\') == std::string::npos) {
    Claim(SaysGranted(daemon->text));
  }
  return 0;
}
