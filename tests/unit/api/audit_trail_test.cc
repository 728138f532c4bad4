// What the audit trail says of calls: their outcome, whom they name and what they change.
#include "helperd/twofactord/api/audit_reason.h"
#include "tests/unit/api/api_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

class AuditTrailTest : public ApiFixture {
 protected:
  const std::string& Last() const { return auditor_.lines.back(); }
  // The line of one call by root.
  const std::string& LineOf(const std::string& method, const json& params) {
    static_cast<void>(Call(Connect(0), method, params));
    return Last();
  }
};

TEST_F(AuditTrailTest, SevenGuessesDoNotLookLikeSevenLogins) {
  Enroll("alice");
  for (int guess = 0; guess < 7; ++guess) {
    const auto& line = LineOf("user.verify_twofactor_token", json::array({"alice", "000000"}));
    EXPECT_TRUE(line.starts_with("0 user.verify_twofactor_token alice wrong") ||
                line.starts_with("0 user.verify_twofactor_token alice throttled (no code is"))
        << line;
  }
  EXPECT_TRUE(Last().find("throttled") != std::string::npos) << Last();
}

TEST_F(AuditTrailTest, ARightCodeIsASuccessAndAReplayedOneIsWrongWithTheReason) {
  Enroll("alice");
  const json right = json::array({"alice", CodeOf("alice")});
  EXPECT_EQ(LineOf("user.verify_twofactor_token", right),
            "0 user.verify_twofactor_token alice success");
  EXPECT_EQ(LineOf("user.verify_twofactor_token", right),
            "0 user.verify_twofactor_token alice wrong (the code was used before)");
}

TEST_F(AuditTrailTest, ALoginWithAWrongCodeIsWrong) {
  Enroll("alice");
  const json login = json::array({{{"mechanism", "OTP_TOKEN"}, {"otp_token", "000000"}}});
  static_cast<void>(Call(Connect(kAlice), "auth.login_ex_continue", login));
  EXPECT_EQ(Last(), "1000 auth.login_ex_continue alice wrong");
}

TEST_F(AuditTrailTest, ALoginThroughPamWithAWrongCodeIsWrong) {
  Enroll("alice");
  for (const char* method : {"pam.verify", "pam.consume"}) {
    const auto& line =
        LineOf(method, json::array({"alice", kAlice, "sshd", json::array({"000000"}), false}));
    EXPECT_EQ(line, std::string("0 ") + method + " alice wrong");
  }
  const auto& line =
      LineOf("pam.verify", json::array({"bob", kBob, "sshd", json::array({"000000"}), false}));
  EXPECT_EQ(line, "0 pam.verify bob wrong (no second factor is set up)");
}

TEST_F(AuditTrailTest, AnEnrollmentThatEndsWithAWrongCodeIsWrong) {
  const Peer alice = Connect(kAlice);
  ASSERT_TRUE(Call(alice, "user.start_2fa_enrollment", json::array({"alice", json::object()})));
  EXPECT_EQ(Refusal(alice, "user.finish_2fa_enrollment", json::array({"alice", "000000"})),
            "EINVAL");
  EXPECT_EQ(Last(),
            "1000 user.finish_2fa_enrollment alice wrong (not a current code of the new secret)");
  const Peer login = Connect(0);
  ASSERT_TRUE(Call(login, "pam.start_enrollment", json::array({"alice", kAlice, "sshd"})));
  EXPECT_EQ(Call(login, "pam.finish_enrollment", json::array({"alice", kAlice, "000000"}))
                .value()["outcome"],
            "wrong");
  EXPECT_EQ(Last(), "0 pam.finish_enrollment alice wrong (not a current code of the new secret)");
}

TEST_F(AuditTrailTest, ARefusedCallNamesItsTarget) {
  EXPECT_EQ(Refusal(Connect(kBob), "user.unset_2fa_secret", kAliceName), "EPERM");
  EXPECT_EQ(Last(), "1001 user.unset_2fa_secret alice EPERM");
  EXPECT_EQ(Refusal(Connect(kBob), "user.twofactor_config", kAliceName), "EPERM");
  EXPECT_EQ(Last(), "1001 user.twofactor_config alice EPERM");
  EXPECT_EQ(LineOf("user.renew_2fa_secret", json::array({"alice", {{"otp_digits", 9}}})),
            "0 user.renew_2fa_secret alice EINVAL");
  EXPECT_EQ(LineOf("user.renew_2fa_secret", json::array({7, json::object()})),
            "0 user.renew_2fa_secret  EINVAL");
  EXPECT_LT(LineOf("user.twofactor_config", json::array({std::string(60000, 'x')})).size(), 400U);
}

TEST_F(AuditTrailTest, AChangeOfSettingsNamesWhatChanged) {
  EXPECT_EQ(LineOf("auth.twofactor.update", json::array({{{"enabled", false}, {"window", 3}}})),
            "0 auth.twofactor.update  success (enabled: true -> false, window: 1 -> 3)");
  EXPECT_EQ(LineOf("auth.twofactor.update", json::array({{{"services", {{"ssh", false}}}}})),
            "0 auth.twofactor.update  success (services.ssh: true -> false)");
  EXPECT_EQ(LineOf("auth.twofactor.update", json::array({{{"window", 3}}})),
            "0 auth.twofactor.update  success (nothing changed)");
}

TEST_F(AuditTrailTest, ARenewalNamesItsOptionsAndNoSecret) {
  EXPECT_EQ(LineOf("user.renew_2fa_secret", json::array({"alice", {{"otp_digits", 8}}})),
            "0 user.renew_2fa_secret alice success (algorithm=SHA1, interval=30, otp_digits=8,"
            " type=TOTP)");
  EXPECT_EQ(
      Refusal(Connect(kBob), "user.renew_2fa_secret", json::array({"alice", {{"interval", 60}}})),
      "EPERM");
  EXPECT_EQ(Last(), "1001 user.renew_2fa_secret alice EPERM (interval=60)");
  EXPECT_EQ(LineOf("user.start_2fa_enrollment",
                   json::array({"alice", {{"label", "phone"}, {"type", "HOTP"}}})),
            "0 user.start_2fa_enrollment alice success (algorithm=SHA1, interval=30, label=phone,"
            " otp_digits=6, type=HOTP)");
}

}  // namespace
}  // namespace twofactor
