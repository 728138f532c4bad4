// Logins whose line takes the earlier module's password as a code first (try_first_pass): they are
// charged once. The module's core over the daemon's real stores.
#include <gtest/gtest.h>

#include "tests/pam/peer_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

// Ends as a code may, and looks like an imported recovery code, too.
constexpr const char* kPassword = "correct12345678";

class OneChargeTest : public PeerFixture {
 protected:
  void SetUp() override { Enroll("alice"); }

  LoginOutcome LogInBehindAPassword(const std::string& code, const char* password = kPassword) {
    return LogIn({"try_first_pass"}, code, password);
  }
  LoginOutcome LogInRight() {
    clock_.Advance(std::chrono::seconds(30));
    return LogInBehindAPassword(CodeOf("alice"));
  }
};

TEST_F(OneChargeTest, WrongCodeIsOneFailedAttempt) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(LogInBehindAPassword("000000"), LoginOutcome::kAuthError) << i;
  }
  EXPECT_EQ(LogInRight(), LoginOutcome::kSuccess);
}

TEST_F(OneChargeTest, RightCodeIsLookedAtAfterEachWait) {
  for (int i = 0; i < 8; ++i) {
    LogInBehindAPassword("000000");
    clock_.Advance(std::chrono::seconds(300));
  }
  EXPECT_EQ(LogInRight(), LoginOutcome::kSuccess);
}

TEST_F(OneChargeTest, PasswordThatEndsInDigitsCostsNothingWhereTheLoginsAreRight) {
  const json codes = Call(Connect(0), "user.renew_recovery_codes", json::array({"alice"}))
                         .value()["recovery_codes"];
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(LogInRight(), LoginOutcome::kSuccess) << i;
  }
  EXPECT_EQ(LogInBehindAPassword(codes[0]), LoginOutcome::kSuccess);
}

TEST_F(OneChargeTest, TwoWrongCodesInALoginAreOneOfTheFreeAttempts) {
  int looked = 0;
  for (int i = 0; i < 20; ++i) {
    LogInBehindAPassword("000000");
    looked += host_.decisions.back().reason == "wrong code" ? 1 : 0;
  }
  EXPECT_EQ(looked, 5);
}

TEST_F(OneChargeTest, CodeOfALengthThatWasNotLookedAtIsCharged) {
  // The earlier answer is no code at all, so the second one is the attempt.
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(LogInBehindAPassword("000000", "password"), LoginOutcome::kAuthError);
  }
  LogInBehindAPassword("000000", "password");
  EXPECT_TRUE(host_.decisions.back().reason.starts_with("too many wrong codes"));
}

TEST_F(OneChargeTest, SkewIsLearnedBehindAPassword) {
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(std::chrono::seconds(30));
    EXPECT_EQ(LogInBehindAPassword(CodeOf("alice", 10)),
              i < 2 ? LoginOutcome::kAuthError : LoginOutcome::kSuccess)
        << i;
  }
}

}  // namespace
}  // namespace twofactor
