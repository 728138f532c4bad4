#include <set>

#include "tests/unit/api/api_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

class RenewalTest : public ApiFixture {
 protected:
  bool Verify(const std::string& user, const std::string& code) {
    return Call(Connect(0), "user.verify_twofactor_token", json::array({user, code}))
        .value()
        .get<bool>();
  }
};

TEST_F(RenewalTest, GivesTheEntryWithTheUriOnceAndNeverAgain) {
  const Peer alice = Connect(kAlice);
  const auto entry =
      Call(alice, "user.renew_2fa_secret", json::array({"alice", json::object()})).value();
  EXPECT_TRUE(entry["twofactor_auth_configured"]);
  EXPECT_EQ(entry["twofactor_config"]["otp_digits"], 6);
  EXPECT_EQ(entry["twofactor_config"]["interval"], 30);
  EXPECT_TRUE(entry["twofactor_config"]["provisioning_uri"].is_string());
  EXPECT_TRUE(
      Call(alice, "user.twofactor_config", {"alice"}).value()["provisioning_uri"].is_null());
}

TEST_F(RenewalTest, NewSecretWorksAndTheOldOneIsDead) {
  Enroll("alice");
  const std::string old_code = CodeOf("alice");
  Enroll("alice");
  EXPECT_FALSE(Verify("alice", old_code));
  EXPECT_TRUE(Verify("alice", CodeOf("alice")));
  EXPECT_FALSE(Verify("alice", CodeOf("alice")));
}

TEST_F(RenewalTest, OptionsThatAreLeftOutKeepTheirValue) {
  const Peer root = Connect(0);
  const auto renew = [&](const json& options) {
    return Call(root, "user.renew_2fa_secret", json::array({"alice", options}))
        .value()["twofactor_config"];
  };
  EXPECT_EQ(renew({{"otp_digits", 8}, {"interval", 5}})["interval"], 5);
  EXPECT_EQ(renew(json::object())["otp_digits"], 8);
  EXPECT_EQ(renew({{"otp_digits", 7}})["interval"], 5);
}

TEST_F(RenewalTest, ConnectionThatReceivedTheSecretIsAuthenticatedForIt) {
  const Peer alice = Connect(kAlice);
  const json params = json::array({"alice", json::object()});
  EXPECT_EQ(Refusal(alice, "user.renew_2fa_secret", params), "");
  EXPECT_EQ(Refusal(alice, "user.renew_2fa_secret", params), "");
  EXPECT_EQ(Refusal(Connect(kAlice), "user.renew_2fa_secret", params), "EACCES");
  // Somebody else renewed it: what this connection received is no longer the current one.
  Enroll("alice");
  EXPECT_EQ(Refusal(alice, "user.renew_2fa_secret", params), "EACCES");
}

TEST_F(RenewalTest, StepUpCanBeSwitchedOff) {
  Enroll("alice");
  services_->config.renewal.require_second_factor = false;
  EXPECT_EQ(
      Refusal(Connect(kAlice), "user.renew_2fa_secret", json::array({"alice", json::object()})),
      "");
}

TEST_F(RenewalTest, RenewalsOfAUserAreLimitedAndRootsAreNot) {
  services_->config.renewal.require_second_factor = false;
  const json params = json::array({"alice", json::object()});
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(Refusal(Connect(kAlice), "user.renew_2fa_secret", params), "");
  }
  EXPECT_EQ(Refusal(Connect(kAlice), "user.renew_2fa_secret", params), "EAGAIN");
  EXPECT_EQ(Refusal(Connect(0), "user.renew_2fa_secret", params), "");
  clock_.Advance(std::chrono::seconds(10));
  EXPECT_EQ(Refusal(Connect(kAlice), "user.renew_2fa_secret", params), "");
}

TEST_F(RenewalTest, NothingIsChangedWhereTheSystemCannotBeAsked) {
  Enroll("alice");
  const std::string code = CodeOf("alice");
  accounts_.down = true;
  EXPECT_EQ(Refusal(Connect(0), "user.renew_2fa_secret", json::array({"alice", json::object()})),
            "ETIMEDOUT");
  accounts_.down = false;
  EXPECT_TRUE(Verify("alice", code));
}

TEST_F(RenewalTest, SecretsAreRandomAndOf160Bits) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    Enroll("alice");
    EXPECT_EQ(secrets_["alice"].size(), 20U);
    EXPECT_TRUE(seen.insert(secrets_["alice"]).second);
  }
}

TEST_F(RenewalTest, UnsetUserHasNoFactorAndMayEnrollAgain) {
  Enroll("alice");
  Call(Connect(0), "user.unset_2fa_secret", {"alice"}).value();
  EXPECT_FALSE(Call(Connect(0), "user.twofactor_config", {"alice"}).value()["secret_configured"]);
  EXPECT_EQ(
      Refusal(Connect(kAlice), "user.renew_2fa_secret", json::array({"alice", json::object()})),
      "");
}

TEST_F(RenewalTest, PendingSecretCountsOnlyOnceACodeOfItWasSeen) {
  Enroll("alice");
  const std::string old_code = CodeOf("alice");
  const Peer root = Connect(0);
  const auto pending =
      Call(root, "user.start_2fa_enrollment", json::array({"alice", {{"otp_digits", 8}}})).value();
  EXPECT_EQ(Refusal(root, "user.finish_2fa_enrollment", json::array({"alice", "00000000"})),
            "EINVAL");
  EXPECT_TRUE(Verify("alice", old_code));
  Remember("alice", pending);
  const std::string new_code = CodeOf("alice");
  EXPECT_FALSE(Verify("alice", new_code));
  EXPECT_EQ(Refusal(root, "user.finish_2fa_enrollment", json::array({"alice", new_code})), "");
  // The code that finished the enrolment is used up.
  EXPECT_FALSE(Verify("alice", new_code));
  EXPECT_TRUE(Verify("alice", CodeOf("alice", 1)));
}

TEST_F(RenewalTest, PendingSecretGoesWithItsConnectionAndAfterFiveWrongCodes) {
  const Peer root = Connect(0);
  Remember("alice",
           Call(root, "user.start_2fa_enrollment", json::array({"alice", json::object()})).value());
  EXPECT_EQ(
      Refusal(Connect(0), "user.finish_2fa_enrollment", json::array({"alice", CodeOf("alice")})),
      "EINVAL");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Refusal(root, "user.finish_2fa_enrollment", json::array({"alice", "x"})), "EINVAL");
  }
  EXPECT_EQ(Refusal(root, "user.finish_2fa_enrollment", json::array({"alice", CodeOf("alice")})),
            "EINVAL");
}

TEST_F(RenewalTest, SettingsAreUpdatedInPartAndReachTheLogins) {
  const Peer root = Connect(0);
  const auto settings =
      Call(root, "auth.twofactor.update", json::array({{{"services", {{"ssh", false}}}}})).value();
  EXPECT_EQ(settings,
            json({{"id", 1}, {"enabled", true}, {"window", 1}, {"services", {{"ssh", false}}}}));
  Enroll("alice");
  EXPECT_EQ(Call(root, "pam.state", json::array({"alice", 1000, "sshd"})).value()["state"],
            "disabled");
  EXPECT_EQ(Call(root, "pam.state", json::array({"alice", 1000, "sudo"})).value()["state"],
            "configured");
}

}  // namespace
}  // namespace twofactor
