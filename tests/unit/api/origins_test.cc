// From where users logged in before, as the daemon learns and forgets it; and codes that the daemon
// itself consumes, which have the same two budgets.
#include "tests/unit/api/devices_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

const std::string kHome = "host:198.51.100.7";
const std::string kStranger = "host:192.0.2.1";

class OriginsTest : public DevicesFixture {
 protected:
  // As a login of a program that asks the daemon does.
  json LogInFrom(const Peer& peer, const std::string& origin, const std::string& typed) {
    return Call(peer, "pam.verify",
                json::array(
                    {"alice", kAlice, "sshd", json::array({typed}), false, {{"origin", origin}}}))
        .value();
  }
  std::string Outcome(const std::string& origin, const std::string& typed) {
    return LogInFrom(Connect(0), origin, typed)["outcome"];
  }
  // As the module of a program of root's does after a login.
  void Note(const std::string& origin) {
    Call(Connect(0), "pam.note_origin", json::array({"alice", kAlice, origin})).value();
    // What the vault is asked next is answered after it.
    List();
  }
  bool IsKnown(const std::string& origin) {
    return LogInFrom(Connect(0), origin, "000000")["known_origin"];
  }
  void FailAsAStranger() {
    for (int i = 0; i < 5; ++i) {
      Outcome(kStranger, "000000");
    }
  }
};

TEST_F(OriginsTest, LoginMakesAnOriginKnownAndARestartKeepsIt) {
  Add("phone");
  EXPECT_FALSE(IsKnown(kHome));
  Note(kHome);
  EXPECT_TRUE(IsKnown(kHome));
  EXPECT_FALSE(IsKnown(kStranger));
  EXPECT_FALSE(IsKnown(""));
  Restart();
  EXPECT_TRUE(IsKnown(kHome));
  Restart(/*lose_ledger=*/true);
  EXPECT_TRUE(IsKnown(kHome));
}

TEST_F(OriginsTest, StrangersDoNotStopRecoveryAndHotpCodesAtAKnownOrigin) {
  Add("phone");
  Add("token", DeviceKind::kHotp);
  const auto codes = RenewRecoveryCodes();
  Note(kHome);
  FailAsAStranger();
  for (int i = 0; i < 5; ++i) {
    Outcome(kStranger, "aaaaaaaaaaaa");
  }
  EXPECT_EQ(Outcome(kStranger, codes[0]), "throttled");
  EXPECT_EQ(Outcome(kHome, codes[0]), "granted");
  EXPECT_EQ(Outcome(kStranger, HotpOf("token", 1)), "throttled");
  EXPECT_EQ(Outcome(kHome, HotpOf("token", 1)), "granted");
  EXPECT_EQ(Outcome(kHome, CodeOf("phone", 1)), "granted");
}

TEST_F(OriginsTest, KnownOriginsHaveOneBoundOfTheirOwn) {
  Add("token", DeviceKind::kHotp);
  Note(kHome);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Outcome(kHome, "000000"), "wrong");
  }
  EXPECT_EQ(Outcome(kHome, HotpOf("token", 1)), "throttled");
  EXPECT_EQ(Outcome(kStranger, HotpOf("token", 1)), "granted");
}

TEST_F(OriginsTest, ProcessOfTheUsersOwnUidIsKnownAndAnotherIsNotWhateverItSays) {
  Add("phone");
  services_->config.verify.trusted_uids = {kBob};
  EXPECT_TRUE(LogInFrom(Connect(kAlice), "", "000000")["known_origin"]);
  EXPECT_TRUE(LogInFrom(Connect(kAlice), "self", "000000")["known_origin"]);
  EXPECT_FALSE(LogInFrom(Connect(kBob), "", "000000")["known_origin"]);
  EXPECT_FALSE(LogInFrom(Connect(kBob), "self", "000000")["known_origin"]);
  EXPECT_TRUE(LogInFrom(Connect(0), "self", "000000")["known_origin"]);
}

TEST_F(OriginsTest, RootIsNoCallersOwnUid) {
  const auto answer = Call(Connect(0), "pam.verify",
                           json::array({"root", 0, "sshd", json::array({"000000"}), false}));
  EXPECT_FALSE((*answer)["known_origin"]);
}

TEST_F(OriginsTest, StrangersDoNotStopAUserOverTheSocket) {
  Add("phone");
  FailAsAStranger();
  EXPECT_EQ(Outcome(kStranger, CodeOf("phone", 1)), "throttled");
  const auto login =
      Call(Connect(kAlice), "auth.login_ex_continue",
           json::array({{{"mechanism", "OTP_TOKEN"}, {"otp_token", CodeOf("phone", 1)}}}));
  EXPECT_EQ((*login)["response_type"], "SUCCESS");
}

TEST_F(OriginsTest, ServiceThatMayVerifyForOthersTeachesOriginsByItsGrants) {
  Add("phone");
  services_->config.verify.trusted_uids = {kBob};
  EXPECT_EQ(LogInFrom(Connect(kBob), kHome, CodeOf("phone", 1))["outcome"], "granted");
  List();
  EXPECT_TRUE(IsKnown(kHome));
}

// A program of alice's may not make a host known, so that whoever took it over may not either.
TEST_F(OriginsTest, ProgramOfTheUsersOwnTeachesNone) {
  Add("phone");
  EXPECT_EQ(LogInFrom(Connect(kAlice), kHome, CodeOf("phone", 1))["outcome"], "granted");
  List();
  EXPECT_FALSE(IsKnown(kHome));
}

TEST_F(OriginsTest, EightAreKnownAndTheOneThatWasNotUsedForLongestGoes) {
  Add("phone");
  for (int i = 0; i < 9; ++i) {
    Note("host:192.0.2." + std::to_string(i));
    clock_.Advance(std::chrono::hours(24));
  }
  EXPECT_FALSE(IsKnown("host:192.0.2.0"));
  for (int i = 1; i < 9; ++i) {
    EXPECT_TRUE(IsKnown("host:192.0.2." + std::to_string(i))) << i;
  }
}

TEST_F(OriginsTest, LoginADayKeepsItAndNinetyDaysWithoutEndIt) {
  Add("phone");
  Note(kHome);
  clock_.Advance(std::chrono::days(90));
  EXPECT_TRUE(IsKnown(kHome));
  Note(kHome);
  clock_.Advance(std::chrono::days(90));
  EXPECT_TRUE(IsKnown(kHome));
  clock_.Advance(std::chrono::days(1));
  EXPECT_FALSE(IsKnown(kHome));
}

// What was noted while the clock was ahead neither counts afterwards nor drives others out.
TEST_F(OriginsTest, ClockThatWasAheadTakesNoOriginAway) {
  Add("phone");
  Note(kHome);
  const WallTime right = clock_.wall;
  clock_.wall += std::chrono::days(3650);
  for (int i = 0; i < 7; ++i) {
    Note("host:192.0.2." + std::to_string(i));
  }
  clock_.wall = right;
  EXPECT_TRUE(IsKnown(kHome));
  EXPECT_FALSE(IsKnown("host:192.0.2.1"));
  Note("host:203.0.113.5");
  Note("host:203.0.113.6");
  EXPECT_TRUE(IsKnown(kHome));
  EXPECT_TRUE(IsKnown("host:203.0.113.5"));
}

TEST_F(OriginsTest, RenewalByTheUserKeepsThemAndOneByAnAdministratorEndsThem) {
  Enroll("alice");
  Note(kHome);
  const Peer alice = Connect(kAlice);
  Call(alice, "auth.login_ex_continue",
       json::array({{{"mechanism", "OTP_TOKEN"}, {"otp_token", CodeOf("alice", 1)}}}))
      .value();
  ASSERT_EQ(Refusal(alice, "user.renew_2fa_secret", json::array({"alice", json::object()})), "");
  EXPECT_TRUE(IsKnown(kHome));
  Enroll("alice");
  EXPECT_FALSE(IsKnown(kHome));
  Restart();
  EXPECT_FALSE(IsKnown(kHome));
}

TEST_F(OriginsTest, DeviceThatIsRemovedTakesThemAlong) {
  Add("phone");
  Add("token", DeviceKind::kHotp);
  Note(kHome);
  ASSERT_TRUE(IsKnown(kHome));
  ASSERT_EQ(Refusal(Connect(0), "user.remove_2fa_device", json::array({"alice", 1})), "");
  EXPECT_FALSE(IsKnown(kHome));
  Restart();
  EXPECT_FALSE(IsKnown(kHome));
}

TEST_F(OriginsTest, FactorThatIsTakenAwayTakesThemAlong) {
  Add("phone");
  Note(kHome);
  ASSERT_EQ(Refusal(Connect(0), "user.unset_2fa_secret", {"alice"}), "");
  Add("phone");
  EXPECT_FALSE(IsKnown(kHome));
}

TEST_F(OriginsTest, DeviceThatIsAddedLeavesThem) {
  Add("phone");
  Note(kHome);
  Call(Connect(kAlice), "core.ping", json::array()).value();
  RenewRecoveryCodes();
  EXPECT_TRUE(IsKnown(kHome));
}

TEST_F(OriginsTest, UnlockClearsBothAndTheListShowsBoth) {
  Add("phone");
  Note(kHome);
  for (int i = 0; i < 6; ++i) {
    Outcome(kHome, "000000");
  }
  Outcome(kStranger, "000000");
  json device = List()["devices"][0];
  EXPECT_EQ(device["failures"], 1);
  EXPECT_EQ(device["wait"], 0);
  EXPECT_EQ(device["failures_at_known_origins"], 5);
  EXPECT_EQ(device["wait_at_known_origins"], 15);
  EXPECT_EQ(Call(Connect(0), "user.clear_2fa_throttle", {"alice"}).value(), true);
  device = List()["devices"][0];
  EXPECT_EQ(device["failures"], 0);
  EXPECT_EQ(device["failures_at_known_origins"], 0);
  EXPECT_TRUE(IsKnown(kHome));
}

TEST_F(OriginsTest, WithoutDaysThereIsOneBudget) {
  Add("phone");
  Note(kHome);
  FactorPolicy policy;
  policy.throttle.known_origin_days = 0;
  store_->SetPolicy(policy);
  EXPECT_FALSE(IsKnown(kHome));
  FailAsAStranger();
  EXPECT_EQ(Outcome(kHome, CodeOf("phone", 1)), "throttled");
}

TEST_F(OriginsTest, NobodyHasAKnownOrigin) {
  Note(kHome);
  EXPECT_FALSE(IsKnown(kHome));
  Restart();
  EXPECT_FALSE(IsKnown(kHome));
}

}  // namespace
}  // namespace twofactor
