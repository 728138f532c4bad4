// What rests on a code that was verified ends with every change of the user's second factor.
#include <functional>
#include <string>
#include <vector>

#include "tests/unit/api/devices_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr const char* kRememberedPlace = "host:a";
constexpr const char* kSecretFromAfar = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

// alice has a phone, a tablet, a hardware token and recovery codes; somebody logged in with the
// tablet, and proved it on a connection, too.
class FactorChangesTest : public DevicesFixture {
 protected:
  FactorChangesTest() {
    Add("phone");
    Add("tablet");
    Add("token", DeviceKind::kHotp);
    codes_ = RenewRecoveryCodes();
    clock_.Advance(std::chrono::minutes(5));
  }

  json Root(const std::string& method, const json& params) {
    auto answer = Call(Connect(0), method, params);
    EXPECT_TRUE(answer) << method << ": " << answer.error().message();
    return answer ? std::move(*answer) : json();
  }

  void LogInAndProve(const std::string& label = "tablet") {
    clock_.Advance(std::chrono::minutes(2));
    const json login = LogIn(CodeOf(label), /*learn_skew=*/false);
    EXPECT_EQ(login["outcome"], "granted");
    generation_ = login["generation"];
    Note(generation_);
    clock_.Advance(std::chrono::minutes(2));
    session_ = Connect(kAlice);
    EXPECT_EQ(Call(session_, "user.verify_twofactor_token", {"alice", CodeOf(label)}).value(),
              true);
    clock_.Advance(std::chrono::minutes(2));
    watched_ = store_->Watch(*Username::Parse("alice"));
  }
  void Note(std::uint32_t generation) {
    Root("pam.note_login", {"alice", kAlice, kRememberedPlace, generation});
  }

  bool InGrace() {
    return Root("pam.grace", {"alice", kAlice, kRememberedPlace, 30 * 24 * 60 * 60})["granted"];
  }
  bool IsProved() { return CallerSession::Of(*session_.session).proved_generation().has_value(); }
  void ExpectAllHolds(const std::string& what) {
    EXPECT_TRUE(watched_.holds()) << what;
    EXPECT_TRUE(InGrace()) << what;
    EXPECT_TRUE(IsProved()) << what;
    EXPECT_EQ(Call(session_, "auth.me", json::array()).value()["authenticated"], true) << what;
  }
  void ExpectNothingHolds(const std::string& what) {
    EXPECT_FALSE(watched_.holds()) << what;
    EXPECT_FALSE(InGrace()) << what;
    EXPECT_FALSE(IsProved()) << what;
  }

  void GiveBypass(int time) {
    Root("user.set_2fa_bypass", {"alice", {{"seconds", time}, {"reason", "lost"}}});
  }
  void Import() {
    const json user = {{"username", "alice"},
                       {"uid", kAlice},
                       {"devices", json::array({{{"type", "TOTP"}, {"secret", kSecretFromAfar}}})}};
    EXPECT_EQ(Root("user.import_2fa_devices",
                   json::array({json::array({user}), {{"replace", true}}}))[0]["outcome"],
              "imported");
  }
  std::vector<std::string> BackUp() {
    const Peer root = Connect(0);
    std::vector<std::string> lines = {
        Call(root, "backup.start", json::array({"correct horse"})).value()["header"]};
    for (bool last = false; !last;) {
      const json part = Call(root, "backup.next", json::array()).value();
      lines.push_back(part["part"]);
      last = part["last"];
    }
    return lines;
  }
  void Restore(const std::vector<std::string>& lines) {
    const Peer root = Connect(0);
    EXPECT_TRUE(
        Call(root, "restore.start", json::array({lines[0], "correct horse", {{"replace", true}}})));
    for (auto line = lines.begin() + 1; line != lines.end(); ++line) {
      EXPECT_TRUE(Call(root, "restore.next", json::array({*line})));
    }
  }
  // Takes the factor away in the end.
  void LookForAMonth() {
    accounts_.Rename("alice", "");
    for (int day = 0; day <= 31; ++day) {
      Root("twofactor.upkeep", json::array());
      clock_.wall += std::chrono::days(1);
    }
    EXPECT_EQ(store_->users(), 0U);
  }

  std::vector<std::string> codes_;
  std::uint32_t generation_ = 0;
  Peer session_;
  UnchangedFactor watched_;
};

struct NamedStep {
  const char* what;
  std::function<void()> run;
};

// Each on a user of its own making, so that one change does not hide another.
TEST_F(FactorChangesTest, EveryChangeOfADeviceEndsGraceAndProofs) {
  const std::vector<NamedStep> changes = {
      {"rename a device",
       [&] {
         Root("user.rename_2fa_device", {"alice", 0, "my phone"});
       }},
      {"resync a TOTP device",
       [&] {
         Root("user.resync_2fa_device", {"alice", 0, CodeOf("phone"), CodeOf("phone", 1)});
       }},
      {"resync an HOTP device",
       [&] {
         Root("user.resync_2fa_device", {"alice", 2, HotpOf("token", 60), HotpOf("token", 61)});
       }},
      {"renew the recovery codes", [&] { codes_ = RenewRecoveryCodes(); }},
      {"renew another device", [&] { Enroll("alice"); }},
      {"add a device by enrollment", [&] { Add("spare"); }},
      {"remove another device",
       [&] {
         Root("user.remove_2fa_device", {"alice", 2});
       }},
  };
  for (const NamedStep& change : changes) {
    LogInAndProve();
    ExpectAllHolds(change.what);
    change.run();
    ExpectNothingHolds(change.what);
  }
}

TEST_F(FactorChangesTest, RemovalOfTheDeviceThatWasUsedEndsThem) {
  LogInAndProve("tablet");
  ExpectAllHolds("before");
  Root("user.remove_2fa_device", {"alice", 1});
  ExpectNothingHolds("removed");
}

TEST_F(FactorChangesTest, BypassEndsThemWhenItBeginsAndWhenItEnds) {
  LogInAndProve();
  ExpectAllHolds("before");
  GiveBypass(600);
  ExpectNothingHolds("bypass given");
  Root("user.end_2fa_bypass", {"alice"});
  ExpectNothingHolds("bypass taken back");
  LogInAndProve();
  GiveBypass(600);
  LogInAndProve();
  Root("user.end_2fa_bypass", {"alice"});
  ExpectNothingHolds("bypass taken back after a login");
  GiveBypass(600);
  LogInAndProve();
  clock_.Advance(std::chrono::minutes(20));
  store_->EndBypassesThatAreOver();
  // The vault's change is answered in its order.
  Root("user.list_2fa_devices", {"alice"});
  ExpectNothingHolds("bypass over");
}

TEST_F(FactorChangesTest, RestoreEndsThem) {
  const auto lines = BackUp();
  LogInAndProve();
  Restore(lines);
  ExpectNothingHolds("restore");
}

TEST_F(FactorChangesTest, ImportAndTheEndOfTheWholeFactorEndThem) {
  LogInAndProve();
  Import();
  ExpectNothingHolds("import");
  Add("tablet");
  LogInAndProve();
  Root("user.unset_2fa_secret", {"alice"});
  ExpectNothingHolds("unset");
}

TEST_F(FactorChangesTest, NewNameEndsThemForBothNames) {
  LogInAndProve();
  const auto other = store_->Watch(*Username::Parse("alicia"));
  accounts_.Rename("alice", "alicia");
  Root("twofactor.rename_user", {"alice", "alicia"});
  EXPECT_FALSE(watched_.holds());
  EXPECT_FALSE(other.holds());
  EXPECT_FALSE(IsProved());
}

TEST_F(FactorChangesTest, RemovalOfAStaleUserEndsThem) {
  LogInAndProve();
  accounts_.Rename("alice", "");
  Root("twofactor.remove_stale_factors",
       json::array({json::array({{{"username", "alice"}, {"uid", kAlice}}})}));
  ExpectNothingHolds("removed by an administrator");
}

TEST_F(FactorChangesTest, UpkeepThatRemovesAStaleUserEndsThem) {
  LogInAndProve();
  LookForAMonth();
  EXPECT_FALSE(watched_.holds());
  EXPECT_FALSE(IsProved());
}

TEST_F(FactorChangesTest, UsesAndChangesOfOthersEndNothing) {
  LogInAndProve();
  const std::vector<NamedStep> uses = {
      {"a login", [&] { EXPECT_EQ(Outcome(CodeOf("phone")), "granted"); }},
      {"a wrong code", [&] { EXPECT_EQ(Outcome("000000"), "wrong"); }},
      {"an HOTP login", [&] { EXPECT_EQ(Outcome(HotpOf("token", 3)), "granted"); }},
      {"a recovery code", [&] { EXPECT_EQ(Outcome(codes_[0]), "granted"); }},
      {"the throttle cleared", [&] { Root("user.clear_2fa_throttle", {"alice"}); }},
      {"another user's new device", [&] { Enroll("bob"); }},
      {"a bypass that is not there", [&] { Root("user.end_2fa_bypass", {"alice"}); }},
      {"settings",
       [&] {
         Root("auth.twofactor.update", json::array({{{"window", 2}}}));
       }},
  };
  for (const NamedStep& use : uses) {
    use.run();
    ExpectAllHolds(use.what);
  }
}

// An attacker may stop the login's program between its code and its note.
TEST_F(FactorChangesTest, LoginThatIsNotedAfterItsDeviceWasRemovedIsNotNoted) {
  LogInAndProve("tablet");
  Root("user.remove_2fa_device", {"alice", 1});
  Note(generation_);
  EXPECT_FALSE(InGrace());
  LogInAndProve("phone");
  EXPECT_TRUE(InGrace());
}

TEST_F(FactorChangesTest, RestartRemembersNothing) {
  LogInAndProve();
  Restart();
  EXPECT_FALSE(InGrace());
}

const Username kAlicesName = *Username::Parse("alice");

TEST(FactorWatchTest, HoldsUntilTheNextChangeAndAnewAfterIt) {
  FactorWatch watch;
  EXPECT_FALSE(UnchangedFactor().holds());
  const auto before = watch.Watch(kAlicesName);
  const auto also_before = watch.Watch(kAlicesName);
  EXPECT_TRUE(before.holds() && also_before.holds());
  watch.NoteChange("bob");
  EXPECT_TRUE(before.holds());
  watch.NoteChange("alice");
  EXPECT_FALSE(before.holds() || also_before.holds());
  const auto after = watch.Watch(kAlicesName);
  EXPECT_TRUE(after.holds());
  EXPECT_FALSE(before.holds());
}

TEST(FactorWatchTest, WhomNobodyWatchesIsForgotten) {
  FactorWatch watch;
  const auto kept = watch.Watch(kAlicesName);
  for (int i = 0; i < 10000; ++i) {
    static_cast<void>(watch.Watch(*Username::Parse("user" + std::to_string(i))));
  }
  EXPECT_LT(watch.users(), 200U);
  EXPECT_TRUE(kept.holds());
  watch.NoteChange("alice");
  EXPECT_FALSE(kept.holds());
}

}  // namespace
}  // namespace twofactor
