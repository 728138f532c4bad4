// The rows of google-authenticator-libpam's own test in its eight modes, played with its own module
// and with ours.
#include <gtest/gtest.h>
#include <unistd.h>

#include "common/otp/base32.h"
#include "common/otp/hotp.h"
#include "common/otp/totp.h"
#include "tests/pam/peer_rows.h"

namespace twofactor {
namespace {

constexpr const char* kSecret = "2SH3V3GDW7ZNMGYE";
const std::string kScratch = "12345678\n";

// How a code reaches the module.
struct Mode {
  const char* name;
  const char* options;
  bool from_earlier_module;
  bool with_password;
};

constexpr Mode kModes[] = {
    {"Prompt", "", false, false},
    {"ForwardPass", "forward_pass", false, true},
    {"UseFirstPass", "use_first_pass", true, true},
    {"UseFirstPassForward", "use_first_pass forward_pass", true, true},
    {"TryFirstPass", "try_first_pass", true, true},
    {"TryFirstPassForward", "try_first_pass forward_pass", true, true},
    {"TryFirstPassPrompt", "try_first_pass", false, false},
    {"TryFirstPassPromptForward", "try_first_pass forward_pass", false, true},
};

class GoogleRowsTest : public PeerRowsTest, public testing::WithParamInterface<Mode> {
 protected:
  GoogleRowsTest()
      : PeerRowsTest("pam_google_authenticator.so user=root secret=", "google-authenticator") {}

  std::string Guide() const override {
    return PROJECT_SOURCE_DIR "/docs/migrating-from-google-authenticator.md";
  }
  void BeginTotp(const std::string& more = "") { Begin(secret_ + "\n\" TOTP_AUTH\n" + more); }
  void BeginHotp() { Begin(secret_ + "\n\" HOTP_COUNTER 1\n"); }
  // A secret that comes back after it was removed has a past here.
  void TakeNewSecret(char last) { secret_.back() = last; }

  std::string CodeOfCounter(std::uint64_t counter) const {
    return std::string(GenerateHotp(DecodeBase32(secret_).value(), {}, counter)->text());
  }

  // The code of the step `ahead`, with five seconds of the current step left for both modules.
  std::string Code(int ahead = 0) const {
    const std::chrono::seconds interval(30);
    const auto seconds = [] { return SystemClock().Wall().time_since_epoch().count(); };
    while (seconds() % interval.count() >= interval.count() - 5) {
      usleep(100'000);
    }
    return CodeOfCounter(static_cast<std::uint64_t>(
        static_cast<std::int64_t>(StepAt(SystemClock().Wall(), interval)) + ahead));
  }
  void Login(const std::string& code, const std::string& difference = "",
             const std::string& more = "") {
    const Mode& mode = GetParam();
    const std::string line = (mode.with_password ? "testpassword" : "") + code;
    const std::string options = std::string(mode.options) + " " + more;
    Play(mode.from_earlier_module ? PeerLogin{options, line, ""}
                                  : PeerLogin{options, std::nullopt, line},
         difference);
  }
  // The same, where only a login whose earlier module has a code that cannot be used differs.
  void LoginUnlessTried(const std::string& code, const std::string& difference) {
    const bool tried = std::string_view(GetParam().name) == "TryFirstPass";
    Login(code, tried ? difference : "");
  }

 private:
  std::string secret_ = kSecret;
};

TEST_P(GoogleRowsTest, RightCode) {
  BeginTotp();
  Login(Code());
}

TEST_P(GoogleRowsTest, CodesThatAreNone) {
  BeginTotp();
  for (const char* code : {"000000", "00000", "0000000", "00000000", ""}) {
    Login(code);
  }
}

TEST_P(GoogleRowsTest, NeighboringSteps) {
  const std::string skewed = "`try_first_pass` and a code beyond the window";
  const struct {
    int ahead;
    char last;
    std::string difference;
  } steps[] = {{-2, 'A', skewed}, {-1, 'B', ""}, {1, 'C', ""}, {2, 'D', skewed}};
  for (const auto& step : steps) {
    TakeNewSecret(step.last);
    BeginTotp();
    LoginUnlessTried(Code(step.ahead), step.difference);
  }
}

TEST_P(GoogleRowsTest, ReuseThatIsDisallowed) {
  BeginTotp("\" DISALLOW_REUSE\n");
  const std::string code = Code();
  Login(code);
  Login(code);
}

TEST_P(GoogleRowsTest, ReuseThatIsAllowed) {
  BeginTotp();
  const std::string code = Code();
  Login(code);
  Login(code, "single use");
}

TEST_P(GoogleRowsTest, ScratchCodes) {
  BeginTotp(kScratch);
  Login("11223344");
  Login("12345678");
  Login("12345678");
}

TEST_P(GoogleRowsTest, NoFile) {
  Begin("");
  LoginUnlessTried(Code(), "`try_first_pass` and a user without a secret");
  Login(Code(), "", "nullok");
}

TEST_P(GoogleRowsTest, HotpCounters) {
  BeginHotp();
  Login(CodeOfCounter(1));
  Login(CodeOfCounter(2));
  // One was skipped.
  Login(CodeOfCounter(4));
}

INSTANTIATE_TEST_SUITE_P(EveryMode, GoogleRowsTest, testing::ValuesIn(kModes),
                         [](const testing::TestParamInfo<Mode>& mode) {
                           return std::string(mode.param.name);
                         });

}  // namespace
}  // namespace twofactor
