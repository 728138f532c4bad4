// Several devices of one user.
#include "tests/unit/api/devices_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

class DevicesTest : public DevicesFixture {
 protected:
  std::string Remove(const Peer& peer, int id) {
    return Refusal(peer, "user.remove_2fa_device", json::array({"alice", id}));
  }
};

TEST_F(DevicesTest, EachOpensLoginsAndEachCodeOnce) {
  Add("phone");
  Add("tablet");
  clock_.Advance(std::chrono::minutes(5));
  for (const char* label : {"phone", "tablet"}) {
    EXPECT_EQ(Outcome(CodeOf(label)), "granted") << label;
    EXPECT_EQ(Outcome(CodeOf(label)), "replayed") << label;
  }
}

TEST_F(DevicesTest, LabelThatIsKnownRenewsItsDeviceAndLeavesTheOthers) {
  Add("phone");
  Add("tablet");
  clock_.Advance(std::chrono::minutes(5));
  const std::string dead = CodeOf("phone");
  Add("phone");
  EXPECT_EQ(Outcome(dead), "wrong");
  EXPECT_EQ(Outcome(CodeOf("tablet")), "granted");
  EXPECT_EQ(List()["devices"].size(), 2U);
}

TEST_F(DevicesTest, RenewalWithoutALabelIsTheFirstDevices) {
  Add("phone");
  Add("tablet");
  Enroll("alice");
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_EQ(Outcome(CodeOf("phone")), "wrong");
  EXPECT_EQ(Outcome(CodeOf("tablet")), "granted");
  EXPECT_EQ(Outcome(CodeOf("alice")), "granted");
  EXPECT_EQ(List()["devices"][0]["label"], "phone");
}

TEST_F(DevicesTest, ListTellsAllButTheSecret) {
  Add("phone");
  Add("token", DeviceKind::kHotp);
  EXPECT_EQ(Outcome("000000"), "wrong");
  const json listed = List();
  const json token = {{"id", 1},
                      {"label", "token"},
                      {"type", "HOTP"},
                      {"algorithm", "SHA1"},
                      {"otp_digits", 6},
                      {"interval", 30},
                      {"created", clock_.wall.time_since_epoch().count()},
                      {"failures", 1},
                      {"wait", 0},
                      {"failures_at_known_origins", 0},
                      {"wait_at_known_origins", 0}};
  EXPECT_EQ(listed["devices"][1], token);
  EXPECT_EQ(listed["devices"][0]["type"], "TOTP");
  EXPECT_EQ(listed["devices"][0]["failures"], 1);
  EXPECT_TRUE(listed["recovery_codes_left"].is_null());
}

TEST_F(DevicesTest, RenamedDeviceKeepsItsSecretAndLabelsAreUnique) {
  Add("phone");
  Add("tablet");
  const Peer root = Connect(0);
  EXPECT_EQ(Refusal(root, "user.rename_2fa_device", json::array({"alice", 0, "old phone"})), "");
  EXPECT_EQ(Refusal(root, "user.rename_2fa_device", json::array({"alice", 0, "tablet"})), "EINVAL");
  EXPECT_EQ(Refusal(root, "user.rename_2fa_device", json::array({"alice", 5, "x"})), "EINVAL");
  EXPECT_EQ(List()["devices"][0]["label"], "old phone");
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_EQ(Outcome(CodeOf("phone")), "granted");
}

TEST_F(DevicesTest, RemovedDeviceIsDeadAndTheOthersLive) {
  Add("phone");
  Add("tablet");
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_EQ(Remove(Connect(0), 0), "");
  EXPECT_EQ(Outcome(CodeOf("phone")), "wrong");
  EXPECT_EQ(Outcome(CodeOf("tablet")), "granted");
}

TEST_F(DevicesTest, LastDeviceStaysWhileLoginsAskForASecondFactor) {
  Add("phone");
  Add("tablet");
  RenewRecoveryCodes();
  EXPECT_EQ(Remove(Connect(0), 1), "");
  EXPECT_EQ(Remove(Connect(0), 0), "EINVAL");
  EXPECT_EQ(List()["devices"].size(), 1U);
  Call(Connect(0), "auth.twofactor.update", json::array({{{"enabled", false}}})).value();
  EXPECT_EQ(Remove(Connect(0), 0), "");
  // The recovery codes stood in for the device, and go with it.
  EXPECT_TRUE(List()["recovery_codes_left"].is_null());
  EXPECT_FALSE(
      Call(Connect(0), "user.get_instance", {"alice"}).value()["twofactor_auth_configured"]);
}

TEST_F(DevicesTest, AddingADeviceNeedsTheStepUp) {
  Add("phone");
  const json params = json::array({"alice", {{"label", "thief's"}}});
  EXPECT_EQ(Refusal(Connect(kAlice), "user.start_2fa_enrollment", params), "EACCES");
}

TEST_F(DevicesTest, ProofEndsWithAnyChangeAndNotWithThatOfItsDeviceAlone) {
  Add("phone");
  Add("tablet");
  const Peer alice = Connect(kAlice);
  for (const char* changed : {"phone", "tablet"}) {
    clock_.Advance(std::chrono::minutes(5));
    Call(alice, "user.verify_twofactor_token", json::array({"alice", CodeOf("tablet")})).value();
    EXPECT_TRUE(Call(alice, "auth.me", json::array()).value()["authenticated"]);
    Add(changed);
    EXPECT_FALSE(Call(alice, "auth.me", json::array()).value()["authenticated"]) << changed;
  }
}

TEST_F(DevicesTest, AUserHasAtMostSixteen) {
  for (std::uint32_t i = 0; i < kMaxDevices; ++i) {
    Add("device " + std::to_string(i));
  }
  const json params = json::array({"alice", {{"label", "one more"}}});
  EXPECT_EQ(Refusal(Connect(0), "user.start_2fa_enrollment", params), "E2BIG");
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_EQ(Outcome(CodeOf("device 15")), "granted");
}

TEST_F(DevicesTest, DevicesOfEveryLengthAndHashOpenLogins) {
  const Peer root = Connect(0);
  const json options = {
      {"label", "long"}, {"otp_digits", 8}, {"interval", 60}, {"algorithm", "SHA256"}};
  Add("phone");
  const auto entry =
      Call(root, "user.start_2fa_enrollment", json::array({"alice", options})).value();
  Remember("long", entry);
  parameters_["long"].algorithm = OtpAlgorithm::kSha256;
  EXPECT_EQ(Refusal(root, "user.finish_2fa_enrollment", json::array({"alice", CodeOf("long")})),
            "");
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_EQ(LogIn(CodeOf("long"))["digits"], 8);
  EXPECT_EQ(LogIn(CodeOf("phone"))["digits"], 6);
}

TEST_F(DevicesTest, WrongCodesCountAtEachAndARightOneClearsAll) {
  Add("phone");
  Add("tablet");
  clock_.Advance(std::chrono::minutes(5));
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(Outcome("000000"), "wrong");
  }
  EXPECT_EQ(Outcome(CodeOf("tablet")), "granted");
  const json listed = List();
  for (const json& device : listed["devices"]) {
    EXPECT_EQ(device["failures"], 0);
  }
}

TEST_F(DevicesTest, AdministratorSeesAndClearsTheThrottle) {
  Add("phone");
  clock_.Advance(std::chrono::minutes(5));
  for (int i = 0; i < 5; ++i) {
    Outcome("000000");
  }
  const json throttled = LogIn(CodeOf("phone"));
  EXPECT_EQ(throttled["outcome"], "throttled");
  EXPECT_EQ(List()["devices"][0]["failures"], 5);
  EXPECT_EQ(List()["devices"][0]["wait"], throttled["wait"]);
  EXPECT_EQ(Call(Connect(0), "user.clear_2fa_throttle", {"alice"}).value(), true);
  EXPECT_EQ(Call(Connect(0), "user.clear_2fa_throttle", {"alice"}).value(), false);
  EXPECT_EQ(Outcome(CodeOf("phone")), "granted");
}

TEST_F(DevicesTest, RootMayBeExemptFromWaiting) {
  Enroll("root");
  clock_.Advance(std::chrono::minutes(5));
  const auto try_root = [this](const std::string& code) -> std::string {
    return Call(Connect(0), "pam.verify",
                json::array({"root", 0, "login", json::array({code}), false}))
        .value()["outcome"];
  };
  const auto guess = [&] {
    for (int i = 0; i < 6; ++i) {
      try_root("000000");
    }
  };
  guess();
  EXPECT_EQ(try_root(CodeOf("root")), "throttled");
  FactorPolicy policy;
  policy.throttle.exempt_root = true;
  store_->SetPolicy(policy);
  EXPECT_EQ(try_root(CodeOf("root")), "granted");
  guess();
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(
        Refusal(Connect(0), "user.resync_2fa_device", json::array({"root", 0, "000000", "000001"})),
        "EINVAL");
  }
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(try_root(CodeOf("root")), "granted");
}

}  // namespace
}  // namespace twofactor
