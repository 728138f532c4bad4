// Clocks that are ahead for a while: nobody who used no code meanwhile waits longer than after any
// start of the machine, and what was used stays used.
#include <unistd.h>

#include <string>
#include <vector>

#include "common/livestore/verifier.h"
#include "common/otp/base32.h"
#include "helperd/twofactord/factor/bypasses.h"
#include "helperd/twofactord/factor/clock_watch.h"
#include "tests/support/sanitized.h"
#include "tests/unit/api/devices_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::years;

// With the usual interval and window, and a clock that is right.
constexpr seconds kOrdinaryWait{60};

class ClockFixture : public DevicesFixture {
 protected:
  ClockFixture() {
    Enroll("alice");
    Enroll("bob");
    Pass(seconds(120));
  }

  // What the daemon does each second; what it submits is on disk then.
  void Follow() {
    store_->FollowClock();
    store_->NoteTime();
    Call(Connect(0), "user.list_2fa_devices", json::array({"bob"})).value();
  }
  void Pass(seconds time) {
    for (seconds passed{0}; passed < time; ++passed) {
      clock_.Advance(seconds(1));
      Follow();
    }
  }
  void SetClock(seconds by) {
    clock_.wall += by;
    Follow();
  }
  void Reboot() {
    Restart(/*lose_ledger=*/true);
    Follow();
  }

  Verification Try(const std::string& user, const std::string& code) {
    const uid_t uid = user == "bob" ? kBob : kAlice;
    auto store = std::move(LiveStoreReader::Open(RunPaths(directory_.path()))).value();
    return VerifyCode(store, {Username::Parse(user).value(), uid},
                      TypedCode(SecretBytes::CopyOf(code)), clock_)
        .value();
  }
  Verification Login(const std::string& user) { return Try(user, CodeOf(user)); }

  // Logs in as soon as the user is told that it goes, which is no later than after any boot.
  void ExpectOrdinaryWait(const std::string& user) {
    Verification first = Login(user);
    if (first.outcome == VerifyOutcome::kBeforeBirth) {
      EXPECT_LE(first.wait, kOrdinaryWait);
      clock_.Advance(std::min(first.wait, kOrdinaryWait));
      Follow();
      first = Login(user);
    }
    EXPECT_EQ(first.outcome, VerifyOutcome::kGranted) << user;
  }
  // The same of a user who has logged in since the last epoch began.
  void ExpectOrdinaryWaitAfterUse(const std::string& user) {
    clock_.Advance(kOrdinaryWait);
    EXPECT_EQ(Login(user).outcome, VerifyOutcome::kGranted) << user;
  }
  std::string LogInAs(const std::string& code) {
    return Call(Connect(0), "pam.verify",
                json::array({"alice", kAlice, "login", json::array({code}), true}))
        .value()["outcome"];
  }
  std::string Base32OfAlice() const {
    return std::string(EncodeBase32(SecretBytes::CopyOf(secrets_.at("alice"))).value().text());
  }
  json Health() { return Call(Connect(0), "core.health", json::array()).value(); }
  std::string AcceptTime(uid_t caller = 0, const json& options = json::object()) {
    return Refusal(Connect(caller), "twofactor.accept_time", json::array({options}));
  }
};

enum class Corrected { kWhileItRuns, kWhileNoDaemonRuns, kWhileTheMachineIsOff };

// ahead, for how long, from the boot on, alice logs in meanwhile, how it is corrected, reboots.
using WrongClock = std::tuple<seconds, seconds, bool, bool, Corrected, int>;

class WrongClockTest : public ClockFixture, public testing::WithParamInterface<WrongClock> {};

TEST_P(WrongClockTest, WhoUsedNoCodeMeanwhileWaitsNoLongerThanAfterAnyBoot) {
  const auto [ahead, time, at_boot, logs_in, corrected, reboots] = GetParam();
  if (at_boot) {
    clock_.wall += ahead;
    Reboot();
  } else {
    SetClock(ahead);
  }
  Pass(time);
  std::string used;
  if (logs_in) {
    used = CodeOf("alice");
    if (Try("alice", used).outcome != VerifyOutcome::kGranted) {
      used.clear();
    }
    Pass(seconds(1));
  }
  const WallTime used_at = clock_.wall;
  switch (corrected) {
    case Corrected::kWhileItRuns:
      SetClock(-ahead);
      break;
    case Corrected::kWhileNoDaemonRuns:
      clock_.wall -= ahead;
      Restart();
      Follow();
      break;
    case Corrected::kWhileTheMachineIsOff:
      clock_.wall -= ahead;
      Reboot();
      break;
  }
  for (int i = 0; i < reboots; ++i) {
    Pass(seconds(5));
    Reboot();
  }
  ExpectOrdinaryWait("bob");
  if (used.empty()) {
    ExpectOrdinaryWait("alice");
    return;
  }
  // At every clock from which it would be looked at.
  for (int step = -2; step <= 2; ++step) {
    clock_.wall = used_at + seconds(30 * step);
    EXPECT_NE(Try("alice", used).outcome, VerifyOutcome::kGranted) << step;
  }
}

// A sanitizer looks at the ways in which it happens, and not at every length.
std::vector<seconds> ShortInSanitizers(std::vector<seconds> lengths) {
  lengths.resize(kSanitized ? 1 : lengths.size());
  return lengths;
}

INSTANTIATE_TEST_SUITE_P(
    Each, WrongClockTest,
    testing::Combine(testing::ValuesIn(ShortInSanitizers({hours(2), seconds(20), years(10)})),
                     testing::ValuesIn(ShortInSanitizers({seconds(30), seconds(1), seconds(70)})),
                     testing::Bool(), testing::Bool(),
                     testing::Values(Corrected::kWhileItRuns, Corrected::kWhileNoDaemonRuns,
                                     Corrected::kWhileTheMachineIsOff),
                     testing::Values(0, 1, 2)));

class ClockTest : public ClockFixture {
 protected:
  // Alice logs in while the clock is two hours ahead; then it is right.
  void UseWhileAhead() {
    SetClock(hours(2));
    used_ = CodeOf("alice");
    ASSERT_EQ(Try("alice", used_).outcome, VerifyOutcome::kGranted);
    Pass(seconds(1));
    SetClock(-hours(2));
  }

  std::string used_;
};

TEST_F(ClockTest, CodeThatWasUsedWhileItWasAheadClosesThatDeviceAloneOverReboots) {
  UseWhileAhead();
  EXPECT_EQ(Login("alice").outcome, VerifyOutcome::kReplayed);
  Reboot();
  Reboot();
  const Verification refused = Login("alice");
  EXPECT_EQ(refused.outcome, VerifyOutcome::kBeforeBirth);
  EXPECT_GT(refused.wait, hours(1));
  ExpectOrdinaryWait("bob");
  Pass(kOrdinaryWait);
  EXPECT_EQ(Login("alice").outcome, VerifyOutcome::kBeforeBirth);
}

TEST_F(ClockTest, NewSecretIsNotRefusedForAClockThatWasWrong) {
  UseWhileAhead();
  for (int i = 0; i < 2; ++i) {
    Enroll("alice");
    EXPECT_EQ(Login("alice").outcome, VerifyOutcome::kGranted);
    Reboot();
    ExpectOrdinaryWait("alice");
  }
}

TEST_F(ClockTest, UseIsNotedThoughALaterOneWasMadeWhileTheClockWasAhead) {
  UseWhileAhead();
  Pass(seconds(60));
  const std::string code = CodeOf("bob");
  ASSERT_EQ(Try("bob", code).outcome, VerifyOutcome::kGranted);
  Follow();
  // The clock of the next boot is behind.
  clock_.wall -= seconds(90);
  Reboot();
  for (int i = 0; i < 8; ++i) {
    clock_.Advance(seconds(20));
    EXPECT_NE(Try("bob", code).outcome, VerifyOutcome::kGranted);
  }
}

TEST_F(ClockTest, EpochOfAClockThatWasBehindIsBegunAgainWhenItIsSetRight) {
  Pass(seconds(120));
  // Nobody notes this use: the power goes first.
  const std::string lost = CodeOf("bob");
  ASSERT_EQ(Try("bob", lost).outcome, VerifyOutcome::kGranted);
  clock_.wall -= hours(24 * 365);
  Reboot();
  clock_.wall += hours(24 * 365);
  clock_.Advance(seconds(10));
  Follow();
  EXPECT_EQ(Try("bob", lost).outcome, VerifyOutcome::kBeforeBirth);
  ExpectOrdinaryWait("bob");
}

TEST_F(ClockTest, NarrowerWindowThatWasSetWhileItWasAheadClosesNothing) {
  const auto set_window = [this](int window) {
    return Refusal(Connect(0), "auth.twofactor.update", json::array({json{{"window", window}}}));
  };
  ASSERT_EQ(set_window(10), "");
  SetClock(years(10));
  ASSERT_EQ(set_window(1), "");
  SetClock(-seconds(years(10)));
  for (int i = 0; i < 2; ++i) {
    Reboot();
    ExpectOrdinaryWait("bob");
  }
}

TEST_F(ClockTest, DeviceThatIsImportedAgainOrRenamedMeanwhileWaitsNoLonger) {
  SetClock(hours(2));
  const json alice = {{"username", "alice"},
                      {"uid", kAlice},
                      {"devices", {{{"type", "TOTP"}, {"secret", Base32OfAlice()}}}}};
  ASSERT_EQ(Refusal(Connect(0), "user.import_2fa_devices",
                    json::array({json::array({alice}), json{{"replace", true}}})),
            "");
  EXPECT_NE(Login("alice").outcome, VerifyOutcome::kGranted);
  accounts_.Rename("alice", "alicia");
  secrets_["alicia"] = secrets_["alice"];
  parameters_["alicia"] = parameters_["alice"];
  ASSERT_EQ(Refusal(Connect(0), "twofactor.rename_user", json::array({"alice", "alicia"})), "");
  EXPECT_NE(Login("alicia").outcome, VerifyOutcome::kGranted);
  SetClock(-hours(2));
  ExpectOrdinaryWait("alicia");
  Follow();
  Reboot();
  ExpectOrdinaryWaitAfterUse("alicia");
}

TEST_F(ClockTest, SkewIsNotLearnedAcrossAClockThatIsSet) {
  const auto outcome = [this](int steps) { return LogInAs(CodeOf("alice", steps)); };
  EXPECT_EQ(outcome(7), "wrong");
  Pass(seconds(30));
  EXPECT_EQ(outcome(7), "wrong");
  SetClock(hours(2));
  Pass(seconds(30));
  EXPECT_EQ(outcome(7), "wrong");
  Pass(seconds(30));
  EXPECT_EQ(outcome(7), "wrong");
  Pass(seconds(30));
  EXPECT_EQ(outcome(7), "granted");
}

// The skew that it finds is wrong by as much as the clock is.
TEST_F(ClockTest, ResyncMeanwhileIsMendedByTheNext) {
  constexpr int kStepsAhead = 60;
  const auto resync = [this](int steps) {
    return Refusal(Connect(0), "user.resync_2fa_device",
                   json::array({"alice", 0, CodeOf("alice", steps - 1), CodeOf("alice", steps)}));
  };
  SetClock(kStepsAhead * seconds(30));
  ASSERT_EQ(resync(-kStepsAhead), "");
  Pass(seconds(90));
  EXPECT_EQ(Try("alice", CodeOf("alice", -kStepsAhead)).outcome, VerifyOutcome::kGranted);
  SetClock(-kStepsAhead * seconds(30));
  Pass(seconds(90));
  EXPECT_EQ(Login("alice").outcome, VerifyOutcome::kWrong);
  ASSERT_EQ(resync(0), "");
  Pass(seconds(90));
  EXPECT_EQ(Login("alice").outcome, VerifyOutcome::kGranted);
  Follow();
  Reboot();
  ExpectOrdinaryWaitAfterUse("alice");
}

TEST_F(ClockTest, DaysToEnrollStartOverWhereTheFirstWasAhead) {
  const auto first_asked = [this] {
    WallTime asked;
    store_->FirstAskedToEnrol({Username::Parse("admin").value(), kAdmin},
                              [&asked](const Result<WallTime>& first) { asked = first.value(); });
    Follow();
    return asked;
  };
  SetClock(years(10));
  EXPECT_EQ(first_asked(), clock_.wall);
  SetClock(-seconds(years(10)));
  const WallTime again = clock_.wall;
  EXPECT_EQ(first_asked(), again);
  Pass(seconds(30));
  EXPECT_EQ(first_asked(), again);
}

TEST_F(ClockTest, HealthTellsInTheSameBootAndAfterTheNext) {
  EXPECT_EQ(Health()["clock_set_back"], 0);
  EXPECT_EQ(Health()["devices_ahead"], 0);
  UseWhileAhead();
  EXPECT_EQ(Health()["clock_set_back"], 7200);
  EXPECT_EQ(Health()["devices_ahead"], 1);
  EXPECT_GT(Health()["longest_wait"], 7000);
  EXPECT_LE(Health()["birth"], clock_.wall.time_since_epoch().count());
  Reboot();
  EXPECT_EQ(Health()["clock_set_back"], 0);
  EXPECT_EQ(Health()["devices_ahead"], 1);
}

TEST_F(ClockTest, HealthTellsWhereTheClockOfTheBootIsBehindTheVaults) {
  clock_.wall -= hours(2);
  Reboot();
  // What the vault noted is up to a minute old.
  EXPECT_GT(Health()["clock_set_back"], 7100);
  Reboot();
  EXPECT_EQ(Health()["clock_set_back"], 0);
}

TEST_F(ClockTest, RootAcceptsThePresentTimeAndItLastsOverReboots) {
  UseWhileAhead();
  EXPECT_EQ(Call(Connect(0), "twofactor.accept_time", json::array()).value(),
            (json{{"devices", 1}}));
  EXPECT_EQ(Health()["devices_ahead"], 0);
  EXPECT_EQ(Health()["clock_set_back"], 0);
  ExpectOrdinaryWait("alice");
  Follow();
  Reboot();
  ExpectOrdinaryWait("alice");
  EXPECT_EQ(Call(Connect(0), "twofactor.accept_time", json::array()).value(),
            (json{{"devices", 0}}));
  EXPECT_EQ(auditor_.lines.back(), "0 twofactor.accept_time  success");
}

TEST_F(ClockTest, PresentTimeIsAcceptedAfterARebootToo) {
  UseWhileAhead();
  Reboot();
  ASSERT_EQ(AcceptTime(), "");
  ExpectOrdinaryWait("alice");
}

TEST_F(ClockTest, CodeThatWasUsedWhileItWasAheadOpensOneMoreLoginOnceTheTimeIsAccepted) {
  UseWhileAhead();
  ASSERT_EQ(AcceptTime(), "");
  SetClock(hours(2));
  EXPECT_EQ(Try("alice", used_).outcome, VerifyOutcome::kGranted);
  EXPECT_EQ(Try("alice", used_).outcome, VerifyOutcome::kReplayed);
}

TEST_F(ClockTest, PresentTimeIsAcceptedForOneUserAlone) {
  UseWhileAhead();
  EXPECT_EQ(
      Call(Connect(0), "twofactor.accept_time", json::array({json{{"username", "bob"}}})).value(),
      (json{{"devices", 0}}));
  EXPECT_EQ(Login("alice").outcome, VerifyOutcome::kReplayed);
  EXPECT_EQ(AcceptTime(0, {{"username", "nobody-here"}}), "ENOENT");
  EXPECT_EQ(
      Call(Connect(0), "twofactor.accept_time", json::array({json{{"username", "alice"}}})).value(),
      (json{{"devices", 1}}));
  ExpectOrdinaryWait("alice");
}

TEST_F(ClockTest, PresentTimeIsAcceptedByRootAlone) {
  for (const uid_t uid : {kAlice, kAdmin, kReader, kNameless}) {
    EXPECT_EQ(AcceptTime(uid), "EPERM") << uid;
  }
}

TEST_F(ClockTest, BypassOutlivesAClockThatIsAheadForAMoment) {
  ASSERT_EQ(Refusal(Connect(0), "user.set_2fa_bypass",
                    json::array({"alice", {{"seconds", 3600}, {"reason", "x"}}})),
            "");
  const auto asked = [this] {
    return Call(Connect(0), "pam.state", json::array({"alice", 1000, "sshd"})).value()["state"] ==
           "configured";
  };
  SetClock(hours(2));
  store_->EndBypassesThatAreOver();
  EXPECT_TRUE(asked());
  Restart();
  EXPECT_TRUE(asked());
  SetClock(-hours(2));
  EXPECT_FALSE(asked());
  clock_.Advance(hours(1));
  store_->EndBypassesThatAreOver();
  EXPECT_TRUE(asked());
  clock_.wall -= hours(1);
  EXPECT_TRUE(asked());
}

TEST(ClockWatchTest, ClockThatIsSetIsNoticedAndTimeThatPassesIsNot) {
  ManualClock clock;
  ClockWatch watch(clock.wall, clock.boot);
  clock.Advance(hours(8));
  EXPECT_FALSE(watch.Look(clock.wall, clock.boot));
  clock.wall += seconds(1);
  EXPECT_FALSE(watch.Look(clock.wall, clock.boot));
  clock.wall -= hours(2);
  EXPECT_EQ(watch.Look(clock.wall, clock.boot), -hours(2));
  EXPECT_FALSE(watch.Look(clock.wall, clock.boot));
  clock.wall += seconds(2);
  EXPECT_EQ(watch.Look(clock.wall, clock.boot), seconds(2));
}

}  // namespace
}  // namespace twofactor
