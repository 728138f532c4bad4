// Users whom an administrator lets in without a code for a while.
#include <unistd.h>

#include "common/base/time_text.h"
#include "helperd/twofactord/factor/bypasses.h"
#include "tests/unit/api/devices_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class BypassTest : public DevicesFixture {
 protected:
  BypassTest() { Enroll("alice"); }

  // For an hour, unless told otherwise.
  std::string Give(int time = 3600, uid_t caller = 0) {
    return Refusal(Connect(caller), "user.set_2fa_bypass",
                   json::array({"alice", {{"seconds", time}, {"reason", "lost phone"}}}));
  }
  json End() { return Call(Connect(0), "user.end_2fa_bypass", kAliceName).value(); }
  json State() {
    return Call(Connect(0), "pam.state", json::array({"alice", 1000, "sshd"})).value();
  }
  bool Asked() { return State()["state"] == "configured"; }
  json Bypasses() { return Call(Connect(0), "user.list_2fa_bypasses", json::array()).value(); }
  std::string Renew() {
    return Refusal(Connect(1000), "user.renew_2fa_secret", json::array({"alice", json::object()}));
  }
};

TEST_F(BypassTest, LoginsAreNotAskedUntilItIsOver) {
  EXPECT_TRUE(Asked());
  EXPECT_TRUE(State()["off_until"].is_null());
  ASSERT_EQ(Give(), "");
  EXPECT_EQ(State()["state"], "disabled");
  EXPECT_EQ(State()["off_until"], (clock_.wall + hours(1)).time_since_epoch().count());
  clock_.Advance(hours(1));
  EXPECT_TRUE(Asked());
  EXPECT_TRUE(Bypasses().empty());
}

TEST_F(BypassTest, TakenBackIsOverAtOnceAndASecondTimeChangesNothing) {
  ASSERT_EQ(Give(), "");
  EXPECT_EQ(End(), true);
  EXPECT_TRUE(Asked());
  EXPECT_EQ(End(), false);
}

TEST_F(BypassTest, AdminsAndTheUserSeeIt) {
  ASSERT_EQ(Give(3600, kAdmin), "");
  const json expected = {{"username", "alice"},
                         {"uid", 1000},
                         {"since", clock_.wall.time_since_epoch().count()},
                         {"until", (clock_.wall + hours(1)).time_since_epoch().count()},
                         {"by_uid", kAdmin},
                         {"by", "admin"},
                         {"reason", "lost phone"}};
  EXPECT_EQ(Bypasses(), json::array({expected}));
  EXPECT_EQ(List()["bypass"], expected);
  End();
  EXPECT_TRUE(List()["bypass"].is_null());
}

TEST_F(BypassTest, AuditSaysWhoForWhomUntilWhenAndWhy) {
  ASSERT_EQ(Give(3600, kAdmin), "");
  EXPECT_EQ(auditor_.lines.back(), "1002 user.set_2fa_bypass alice success (until " +
                                       LocalTimeText(clock_.wall + hours(1)) +
                                       ", reason: lost phone)");
}

TEST_F(BypassTest, EachEndIsToldOnce) {
  std::vector<BypassEnd> ends;
  store_->OnBypassEnd([&ends](const StoredBypass&, BypassEnd end) { ends.push_back(end); });
  ASSERT_EQ(Give(), "");
  End();
  ASSERT_EQ(Give(), "");
  store_->EndBypassesThatAreOver();
  clock_.Advance(hours(1));
  store_->EndBypassesThatAreOver();
  store_->EndBypassesThatAreOver();
  ASSERT_EQ(Give(), "");
  Enroll("alice");
  ASSERT_EQ(Give(), "");
  ASSERT_EQ(Refusal(Connect(0), "user.unset_2fa_secret", kAliceName), "");
  EXPECT_EQ(ends, (std::vector{BypassEnd::kTakenBack, BypassEnd::kOver, BypassEnd::kNewSecret,
                               BypassEnd::kNoFactor}));
}

TEST_F(BypassTest, UserWithoutAFactorIsRefused) {
  EXPECT_EQ(Refusal(Connect(0), "user.set_2fa_bypass", json::array({"bob", {{"seconds", 60}}})),
            "EINVAL");
  EXPECT_EQ(Refusal(Connect(0), "user.set_2fa_bypass", json::array({"nobody", {{"seconds", 60}}})),
            "ENOENT");
  EXPECT_EQ(Refusal(Connect(0), "user.end_2fa_bypass", {"nobody"}), "ENOENT");
}

TEST_F(BypassTest, LongerThanTheConfigurationHasItIsRefused) {
  EXPECT_EQ(Give(24 * 3600), "");
  EXPECT_EQ(Give(24 * 3600 + 1), "EINVAL");
  services_->config.bypass.longest = seconds(0);
  EXPECT_EQ(Give(1), "EPERM");
}

TEST_F(BypassTest, LetsInWhileWrongCodesHaveToWait) {
  for (int i = 0; i < 20; ++i) {
    Outcome("000000");
  }
  ASSERT_EQ(Outcome("000000"), "throttled");
  ASSERT_EQ(Give(), "");
  EXPECT_FALSE(Asked());
}

TEST_F(BypassTest, UserMayRenewMeanwhileWithoutACodeAndThatEndsIt) {
  EXPECT_EQ(Renew(), "EACCES");
  ASSERT_EQ(Give(), "");
  EXPECT_EQ(Renew(), "");
  EXPECT_TRUE(Asked());
  EXPECT_EQ(Renew(), "EACCES");
}

TEST_F(BypassTest, EnrolmentOfANewPhoneWorksFromItsStartToItsFirstCode) {
  ASSERT_EQ(Give(), "");
  const Peer alice = Connect(1000);
  const auto entry =
      Call(alice, "user.start_2fa_enrollment", json::array({"alice", json::object()}));
  ASSERT_TRUE(entry) << entry.error().message();
  EXPECT_FALSE(Asked());
  Remember("alice", *entry);
  ASSERT_EQ(Refusal(alice, "user.finish_2fa_enrollment", json::array({"alice", CodeOf("alice")})),
            "");
  EXPECT_TRUE(Asked());
}

TEST_F(BypassTest, WaiverIsForANewSecretAloneAndTheConfigurationTakesItAway) {
  ASSERT_EQ(Give(), "");
  EXPECT_EQ(Refusal(Connect(1000), "user.renew_recovery_codes", kAliceName), "EACCES");
  EXPECT_EQ(Refusal(Connect(1000), "user.remove_2fa_device", json::array({"alice", 0})), "EACCES");
  EXPECT_EQ(Refusal(Connect(1001), "user.renew_2fa_secret", json::array({"alice", json::object()})),
            "EPERM");
  services_->config.bypass.allow_renewal = false;
  EXPECT_EQ(Renew(), "EACCES");
}

TEST_F(BypassTest, WaiverIsOverWithTheBypass) {
  ASSERT_EQ(Give(), "");
  clock_.Advance(hours(1));
  EXPECT_EQ(Renew(), "EACCES");
}

TEST_F(BypassTest, OneForAllDevicesAndADeviceMoreOrLessRevivesNone) {
  Add("tablet");
  ASSERT_EQ(Give(), "");
  EXPECT_FALSE(Asked());
  Add("watch");
  EXPECT_TRUE(Asked());
  ASSERT_EQ(Refusal(Connect(0), "user.remove_2fa_device", json::array({"alice", 2})), "");
  EXPECT_TRUE(Asked());
}

TEST_F(BypassTest, RemovedDeviceDoesNotEndIt) {
  Add("tablet");
  ASSERT_EQ(Give(), "");
  ASSERT_EQ(Refusal(Connect(0), "user.remove_2fa_device", json::array({"alice", 1})), "");
  EXPECT_FALSE(Asked());
}

TEST_F(BypassTest, GoesOnOverARestartAndEndsWhenItWould) {
  ASSERT_EQ(Give(), "");
  clock_.Advance(minutes(10));
  Restart();
  EXPECT_FALSE(Asked());
  EXPECT_EQ(Bypasses().size(), 1U);
  // What is left is the boot clock's, wherever the wall clock goes.
  clock_.wall -= hours(3);
  Restart();
  EXPECT_FALSE(Asked());
  clock_.Advance(minutes(50));
  EXPECT_TRUE(Asked());
  Restart();
  EXPECT_TRUE(Asked());
}

TEST_F(BypassTest, GoesOnOverARebootByTheWallClock) {
  ASSERT_EQ(Give(), "");
  clock_.wall += minutes(20);
  clock_.boot = BootTime(seconds(30));
  RunPaths run(directory_.path());
  ASSERT_EQ(unlink(run.Records().c_str()), 0);
  Restart(/*lose_ledger=*/true);
  EXPECT_FALSE(Asked());
  clock_.Advance(minutes(40));
  EXPECT_TRUE(Asked());
}

TEST_F(BypassTest, RebootWithAClockThatIsBehindEndsIt) {
  ASSERT_EQ(Give(), "");
  clock_.wall -= seconds(1);
  RunPaths run(directory_.path());
  ASSERT_EQ(unlink(run.Records().c_str()), 0);
  Restart(/*lose_ledger=*/true);
  EXPECT_TRUE(Asked());
  EXPECT_TRUE(Bypasses().empty());
}

TEST_F(BypassTest, AnotherOneTakesItsPlace) {
  ASSERT_EQ(Give(3600), "");
  ASSERT_EQ(Give(60), "");
  clock_.Advance(seconds(60));
  EXPECT_TRUE(Asked());
}

TEST(ResumeBypassTest, NeverLongerThanItWasGiven) {
  const WallTime since(seconds(1'000'000));
  const StoredBypass stored{.username = Username::Parse("alice").value(),
                            .uid = 1000,
                            .since = since,
                            .until = since + hours(1),
                            .by_uid = 0,
                            .by_name = "root",
                            .reason = ""};
  const BootTime boot(seconds(50));
  const auto resumed = [&](std::optional<Bypass> here, WallTime seen, WallTime wall) {
    return ResumeBypass(stored, here, seen, wall, boot);
  };
  // After a reboot: what the wall clock leaves.
  EXPECT_EQ(resumed({}, since, since + minutes(59))->until_boot, boot + minutes(1));
  EXPECT_FALSE(resumed({}, since, since + hours(1)));
  EXPECT_FALSE(resumed({}, since, since - seconds(1)));
  EXPECT_FALSE(resumed({}, since + minutes(30), since + minutes(30) - seconds(1)));
  // Within one boot: what the live store says, but no nonsense.
  const Bypass here{stored.until, boot + minutes(7)};
  EXPECT_EQ(resumed(here, since + hours(2), since - hours(9))->until_boot, boot + minutes(7));
  EXPECT_EQ(resumed(Bypass{stored.until, boot + hours(100)}, since, since)->until_boot,
            boot + hours(1));
  EXPECT_FALSE(resumed(Bypass{stored.until, boot}, since, since));
}

}  // namespace
}  // namespace twofactor
