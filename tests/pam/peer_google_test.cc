// Runs the table of google-authenticator-libpam's test (tests/pam_google_authenticator_unittest.c)
// through our module: its secret, times and modes. If ours differs on purpose, the test says so,
// and docs/migrating-from-google-authenticator.md says why.
#include <gtest/gtest.h>

#include "common/otp/hotp.h"
#include "tests/pam/peer_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr const char* kSecret = "2SH3V3GDW7ZNMGYE";
// Its 10 bytes.
constexpr std::array<std::uint8_t, 10> kSecretBytes = {0xD4, 0x8F, 0xBA, 0xEC, 0xC3,
                                                       0xB7, 0xF2, 0xD6, 0x1B, 0x04};

std::string CodeAt(std::uint64_t counter) {
  const auto code = GenerateHotp(SecretBytes::CopyOf(kSecretBytes), {}, counter);
  return std::string(code.value().text());
}

// How a code reaches the module.
struct Mode {
  const char* name;
  std::vector<std::string> options;
  bool from_earlier_module;
  bool with_password;
  std::size_t prompts;  // Of a login that succeeds.
};

std::ostream& operator<<(std::ostream& out, const Mode& mode) { return out << mode.name; }

const std::vector<Mode>& Modes() {
  static const std::vector<Mode> modes = {
      {"prompt", {}, false, false, 1},
      {"forward_pass", {"forward_pass"}, false, true, 1},
      {"use_first_pass", {"use_first_pass"}, true, true, 0},
      {"use_first_pass_forward", {"use_first_pass", "forward_pass"}, true, true, 0},
      {"try_first_pass", {"try_first_pass"}, true, true, 0},
      {"try_first_pass_forward", {"try_first_pass", "forward_pass"}, true, true, 0},
      {"try_first_pass_prompt", {"try_first_pass"}, false, false, 1},
      {"try_first_pass_prompt_forward", {"try_first_pass", "forward_pass"}, false, true, 1},
  };
  return modes;
}

class GoogleTableTest : public PeerFixture, public testing::WithParamInterface<Mode> {
 protected:
  static constexpr std::int64_t kStep = 10000;

  GoogleTableTest() {
    SetTime(kStep * 30);
    Import({{"type", "TOTP"}, {"secret", kSecret}});
  }

  LoginOutcome Try(const std::string& code, std::vector<std::string> more = {}) {
    const Mode& mode = GetParam();
    const std::string typed = (mode.with_password ? "testpassword" : "") + code;
    more.insert(more.end(), mode.options.begin(), mode.options.end());
    return mode.from_earlier_module ? LogIn(more, "", typed) : LogIn(more, typed);
  }
  // What the next module gets.
  static std::string Forwarded() {
    const auto& options = GetParam().options;
    const bool forwards =
        std::find(options.begin(), options.end(), "forward_pass") != options.end();
    return forwards ? "testpassword" : "";
  }
  // If the answer to an earlier module is not right, the module asks again.
  std::size_t PromptsOfAFailure() const {
    const Mode& mode = GetParam();
    const bool tries = !mode.options.empty() && mode.options[0] == "try_first_pass";
    return mode.prompts + (tries && mode.from_earlier_module ? 1 : 0);
  }
};

TEST_P(GoogleTableTest, RightCode) {
  EXPECT_EQ(Try(CodeAt(kStep)), LoginOutcome::kSuccess);
  EXPECT_EQ(host_.prompts.size(), GetParam().prompts);
  EXPECT_EQ(host_.left, Forwarded());
}

TEST_P(GoogleTableTest, WrongCodeAndCodesOfAnotherLength) {
  for (const char* code : {"000000", "00000", "0000000", "00000000"}) {
    EXPECT_EQ(Try(code), LoginOutcome::kAuthError) << code;
    EXPECT_EQ(host_.prompts.size(), PromptsOfAFailure()) << code;
  }
}

TEST_P(GoogleTableTest, Blank) { EXPECT_EQ(Try(""), LoginOutcome::kAuthError); }

TEST_P(GoogleTableTest, UserWithoutASecretAndNullok) {
  Call(Connect(0), "user.unset_2fa_secret", {"alice"}).value();
  EXPECT_EQ(Try(CodeAt(kStep)), LoginOutcome::kAuthError);
  EXPECT_EQ(Try(CodeAt(kStep), {"nullok"}), LoginOutcome::kIgnore);
  // Theirs asks for nothing. Ours gets the next module's password where it is to forward one.
  EXPECT_EQ(host_.prompts.size(), Forwarded().empty() ? 0 : GetParam().prompts);
}

TEST_P(GoogleTableTest, WindowOfThree) {
  EXPECT_EQ(Try(CodeAt(kStep - 2)), LoginOutcome::kAuthError);
  EXPECT_EQ(Try(CodeAt(kStep - 1)), LoginOutcome::kSuccess);
  EXPECT_EQ(Try(CodeAt(kStep)), LoginOutcome::kSuccess);
  EXPECT_EQ(Try(CodeAt(kStep + 1)), LoginOutcome::kSuccess);
  EXPECT_EQ(Try(CodeAt(kStep + 2)), LoginOutcome::kAuthError);
}

TEST_P(GoogleTableTest, StepsOfSixtySeconds) {
  SetTime(kStep * 60);
  Import({{"type", "TOTP"}, {"secret", kSecret}, {"interval", 60}});
  EXPECT_EQ(Try(CodeAt(kStep - 2)), LoginOutcome::kAuthError);
  EXPECT_EQ(Try(CodeAt(kStep - 1)), LoginOutcome::kSuccess);
  EXPECT_EQ(Try(CodeAt(kStep + 1)), LoginOutcome::kSuccess);
  EXPECT_EQ(Try(CodeAt(kStep + 2)), LoginOutcome::kAuthError);
}

// Theirs reaches from 9997 to 10002 with a window of six; ours has the same number on both sides.
TEST_P(GoogleTableTest, WiderWindowIsSymmetricHere) {
  Call(Connect(0), "auth.twofactor.update", json::array({{{"window", 3}}})).value();
  EXPECT_EQ(Try(CodeAt(kStep - 4)), LoginOutcome::kAuthError);
  EXPECT_EQ(Try(CodeAt(kStep - 3)), LoginOutcome::kSuccess);
  EXPECT_EQ(Try(CodeAt(kStep + 3)), LoginOutcome::kSuccess);
  EXPECT_EQ(Try(CodeAt(kStep + 4)), LoginOutcome::kAuthError);
}

// Theirs does so with an option, ours always.
TEST_P(GoogleTableTest, ReuseIsRefused) {
  EXPECT_EQ(Try(CodeAt(kStep)), LoginOutcome::kSuccess);
  EXPECT_EQ(Try(CodeAt(kStep)), LoginOutcome::kAuthError);
}

// Theirs counts every login, and does not prompt over the limit. Ours counts wrong codes, and
// always prompts.
TEST_P(GoogleTableTest, RateLimit) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Try("000000"), LoginOutcome::kAuthError);
  }
  EXPECT_EQ(Try(CodeAt(kStep)), LoginOutcome::kAuthError);
  clock_.boot += std::chrono::seconds(300);
  EXPECT_EQ(Try(CodeAt(kStep)), LoginOutcome::kSuccess);
}

TEST_P(GoogleTableTest, ThirdCodeInARowTeachesTheSkew) {
  for (int i = 0; i < 3; ++i) {
    SetTime((kStep + i) * 30);
    EXPECT_EQ(Try(CodeAt(static_cast<std::uint64_t>(kStep + i + 10))),
              i < 2 ? LoginOutcome::kAuthError : LoginOutcome::kSuccess)
        << i;
  }
}

TEST_P(GoogleTableTest, NoskewadjTeachesNothing) {
  for (int i = 0; i < 2; ++i) {
    SetTime((kStep + i) * 30);
    EXPECT_EQ(Try(CodeAt(static_cast<std::uint64_t>(kStep + i + 10)), {"noskewadj"}),
              LoginOutcome::kAuthError);
  }
  SetTime((kStep + 2) * 30);
  EXPECT_EQ(Try(CodeAt(kStep + 12), {"noskewadj"}), LoginOutcome::kAuthError);
}

TEST_P(GoogleTableTest, ScratchCodes) {
  Import({{"type", "TOTP"}, {"secret", kSecret}}, {"12345678"});
  EXPECT_EQ(Try("11223344"), LoginOutcome::kAuthError);
  EXPECT_EQ(Try("12345678"), LoginOutcome::kSuccess);
  EXPECT_EQ(host_.left, Forwarded());
  EXPECT_EQ(Try("12345678"), LoginOutcome::kAuthError);
}

TEST_P(GoogleTableTest, HotpCountersGoOnlyForward) {
  Import({{"type", "HOTP"}, {"secret", kSecret}, {"counter", 1}});
  EXPECT_EQ(Try("293240"), LoginOutcome::kSuccess);
  // Theirs burns a counter here unless it is told no_increment_hotp; ours never does.
  EXPECT_EQ(Try("293240"), LoginOutcome::kAuthError);
  EXPECT_EQ(Try(CodeAt(2), {"no_increment_hotp"}), LoginOutcome::kSuccess);
  EXPECT_EQ(Try("932068"), LoginOutcome::kSuccess);
  EXPECT_EQ(Try(CodeAt(4)), LoginOutcome::kAuthError);
  EXPECT_EQ(Try(CodeAt(6)), LoginOutcome::kSuccess);
}

INSTANTIATE_TEST_SUITE_P(EveryMode, GoogleTableTest, testing::ValuesIn(Modes()),
                         [](const testing::TestParamInfo<Mode>& mode) {
                           return std::string(mode.param.name);
                         });

}  // namespace
}  // namespace twofactor
