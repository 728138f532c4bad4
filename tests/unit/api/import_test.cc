// Users who come from other software.
#include <atomic>
#include <thread>

#include "common/livestore/reader.h"
#include "tests/unit/api/devices_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr const char* kImportedSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

class ImportTest : public DevicesFixture {
 protected:
  ImportTest() { secrets_["imported"] = "12345678901234567890"; }

  static json User(json device, json recovery_codes = json::array()) {
    device["secret"] = device.value("secret", kImportedSecret);
    return {{"username", "alice"},
            {"uid", kAlice},
            {"devices", json::array({std::move(device)})},
            {"recovery_codes", std::move(recovery_codes)}};
  }
  json Import(const json& users, const json& options = json::object()) {
    return Call(Connect(0), "user.import_2fa_devices", json::array({users, options})).value();
  }
  std::string ImportOne(const json& user, const json& options = json::object()) {
    return Import(json::array({user}), options)[0]["outcome"];
  }
  TimeStep Now() const { return StepAt(clock_.wall, std::chrono::seconds(30)); }
};

TEST_F(ImportTest, TotpUserLogsInAndUsedStepsStayUsed) {
  EXPECT_EQ(ImportOne(User({{"type", "TOTP"}, {"first_step", Now() + 1}})), "imported");
  EXPECT_NE(Outcome(CodeOf("imported")), "granted");
  EXPECT_EQ(Outcome(CodeOf("imported", 1)), "granted");
}

TEST_F(ImportTest, UsedStepsStayUsedWhereTheDaemonIsKilledAtOnce) {
  EXPECT_EQ(ImportOne(User({{"type", "TOTP"}, {"first_step", Now() + 2}})), "imported");
  Restart(/*lose_ledger=*/true);
  clock_.Advance(std::chrono::seconds(30));
  EXPECT_NE(Outcome(CodeOf("imported")), "granted");
}

TEST_F(ImportTest, CodeThatWasUsedHereStaysUsedWhereTheSameSecretIsImportedAgain) {
  ASSERT_EQ(ImportOne(User({{"type", "TOTP"}})), "imported");
  ASSERT_EQ(Outcome(CodeOf("imported")), "granted");
  ASSERT_EQ(ImportOne(User({{"type", "TOTP"}}), {{"replace", true}}), "imported");
  EXPECT_NE(Outcome(CodeOf("imported")), "granted");
  Restart();
  EXPECT_NE(Outcome(CodeOf("imported")), "granted");
  clock_.Advance(std::chrono::seconds(60));
  EXPECT_EQ(Outcome(CodeOf("imported")), "granted");
}

// What the daemon learned of the device's clock is not in the file.
TEST_F(ImportTest, CodeOfAClockThatIsAheadStaysUsedWhereTheSameSecretIsImportedAgain) {
  ASSERT_EQ(ImportOne(User({{"type", "TOTP"}, {"skew", 5}})), "imported");
  const std::string used = CodeOf("imported", 6);
  ASSERT_EQ(Outcome(used), "granted");
  ASSERT_EQ(ImportOne(User({{"type", "TOTP"}}), {{"replace", true}}), "imported");
  for (const bool lose_ledger : {false, true}) {
    Restart(lose_ledger);
    for (int step = 0; step < 4; ++step) {
      clock_.Advance(std::chrono::seconds(30));
      EXPECT_NE(Outcome(used), "granted");
    }
  }
  clock_.Advance(std::chrono::minutes(2));
  EXPECT_EQ(Outcome(CodeOf("imported")), "granted");
}

TEST_F(ImportTest, CodeFromBeforeTheClockWentBackStaysUsedWhereTheSameSecretIsImportedAgain) {
  ASSERT_EQ(ImportOne(User({{"type", "TOTP"}})), "imported");
  const std::string used = CodeOf("imported");
  ASSERT_EQ(Outcome(used), "granted");
  clock_.wall -= std::chrono::minutes(5);
  ASSERT_EQ(ImportOne(User({{"type", "TOTP"}}), {{"replace", true}}), "imported");
  clock_.wall += std::chrono::minutes(5);
  EXPECT_NE(Outcome(used), "granted");
  EXPECT_EQ(Outcome(CodeOf("imported", 1)), "granted");
}

TEST_F(ImportTest, ScratchCodeThatWasUsedHereStaysUsedWhereTheSameFileIsImportedAgain) {
  const json user = User({{"type", "TOTP"}}, json::array({"12345678", "87654321"}));
  ASSERT_EQ(ImportOne(user), "imported");
  ASSERT_EQ(Outcome("12345678"), "granted");
  ASSERT_EQ(ImportOne(user, {{"replace", true}}), "imported");
  EXPECT_EQ(Outcome("12345678"), "wrong");
  EXPECT_EQ(LogIn("87654321")["recovery_codes_left"], 0);
  ASSERT_EQ(ImportOne(user, {{"replace", true}}), "imported");
  EXPECT_EQ(Outcome("12345678"), "wrong");
  EXPECT_EQ(Outcome("87654321"), "wrong");
}

TEST_F(ImportTest, ScratchCodesThatWereRenewedHereStayDeadWhereTheSameFileIsImportedAgain) {
  const json user = User({{"type", "TOTP"}}, json::array({"12345678"}));
  ASSERT_EQ(ImportOne(user), "imported");
  ASSERT_EQ(Outcome("12345678"), "granted");
  RenewRecoveryCodes();
  ASSERT_EQ(ImportOne(user, {{"replace", true}}), "imported");
  EXPECT_EQ(Outcome("12345678"), "wrong");
}

TEST_F(ImportTest, ScratchCodesOfAnotherSecretComeInWhole) {
  ASSERT_EQ(ImportOne(User({{"type", "TOTP"}}, json::array({"12345678"}))), "imported");
  ASSERT_EQ(Outcome("12345678"), "granted");
  const json other = {{"type", "TOTP"}, {"secret", "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK"}};
  ASSERT_EQ(ImportOne(User(other, json::array({"12345678"})), {{"replace", true}}), "imported");
  EXPECT_EQ(Outcome("12345678"), "granted");
}

TEST_F(ImportTest, CounterThatWasUsedHereStaysUsedWhereTheSameSecretIsImportedAgain) {
  ASSERT_EQ(ImportOne(User({{"type", "HOTP"}, {"counter", 42}})), "imported");
  ASSERT_EQ(Outcome(HotpOf("imported", 44)), "granted");
  ASSERT_EQ(ImportOne(User({{"type", "HOTP"}, {"counter", 42}}), {{"replace", true}}), "imported");
  EXPECT_EQ(Outcome(HotpOf("imported", 43)), "wrong");
  EXPECT_EQ(Outcome(HotpOf("imported", 45)), "granted");
}

// A login that meets the moment between the two, or a daemon that was killed in it, would be told
// that there is no second factor.
TEST_F(ImportTest, UserWhoseDevicesAreReplacedIsAtNoMomentWithoutAny) {
  ASSERT_EQ(ImportOne(User({{"type", "TOTP"}})), "imported");
  const Username name = Username::Parse("alice").value();
  std::atomic<bool> done{false};
  std::atomic<int> looks{0};
  std::atomic<int> without{0};
  std::thread login([&] {
    while (!done) {
      auto store = LiveStoreReader::Open(RunPaths(directory_.path()));
      const auto devices = store ? store->FindDevices(name) : Fail(store.error());
      ++looks;
      without += devices && devices->empty() ? 1 : 0;
    }
  });
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(ImportOne(User({{"type", "TOTP"}}), {{"replace", true}}), "imported");
  }
  done = true;
  login.join();
  EXPECT_GT(looks, 100);
  EXPECT_EQ(without, 0);
}

TEST_F(ImportTest, HotpUserGoesOnWhereTheCounterWas) {
  EXPECT_EQ(ImportOne(User({{"type", "HOTP"}, {"counter", 42}})), "imported");
  EXPECT_EQ(Outcome(HotpOf("imported", 41)), "wrong");
  EXPECT_EQ(Outcome(HotpOf("imported", 42)), "granted");
}

TEST_F(ImportTest, SkewAndScratchCodesComeAlong) {
  const json user = User({{"type", "TOTP"}, {"skew", 40}}, json::array({"12345678", "87654321"}));
  EXPECT_EQ(ImportOne(user), "imported");
  EXPECT_EQ(Outcome(CodeOf("imported", 40)), "granted");
  const json answer = LogIn("12345678");
  EXPECT_EQ(answer["outcome"], "granted");
  EXPECT_EQ(answer["recovery_codes_left"], 1);
  EXPECT_EQ(Outcome("12345678"), "wrong");
}

TEST_F(ImportTest, ScratchCodeThatIsTypedBeforeItsUserIsPublishedIsNobodysAndNotUsedUp) {
  const json user = User({{"type", "TOTP"}}, json::array({"12345678"}));
  const Peer root = Connect(0);
  bool imported = false;
  api_->Dispatch(root.session, "user.import_2fa_devices",
                 json::array({json::array({user}), json::object()}),
                 [&imported](const Result<json>& answer) { imported = answer.has_value(); });
  EXPECT_EQ(Outcome("12345678"), "no_factor");
  EXPECT_TRUE(imported);
  EXPECT_EQ(Outcome("12345678"), "granted");
}

TEST_F(ImportTest, UserWhoHasAFactorIsReplacedOnlyWhereThatIsAsked) {
  Add("phone");
  Add("tablet");
  const json user = User({{"type", "TOTP"}, {"label", "from pam_oath"}});
  EXPECT_EQ(ImportOne(user), "exists");
  EXPECT_EQ(List()["devices"].size(), 2U);
  EXPECT_EQ(ImportOne(user, {{"replace", true}}), "imported");
  EXPECT_EQ(List()["devices"].size(), 1U);
  EXPECT_EQ(List()["devices"][0]["label"], "from pam_oath");
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_EQ(Outcome(CodeOf("tablet")), "wrong");
  EXPECT_EQ(Outcome(CodeOf("imported")), "granted");
}

TEST_F(ImportTest, DryRunChangesNothing) {
  EXPECT_EQ(ImportOne(User({{"type", "TOTP"}}), {{"dry_run", true}}), "would_import");
  EXPECT_TRUE(List()["devices"].empty());
}

TEST_F(ImportTest, OneBadUserIsRefusedWithAReasonAndTheOthersComeIn) {
  json bad = User({{"type", "TOTP"}, {"secret", "not base32!"}});
  bad["username"] = "bob";
  bad["uid"] = kBob;
  const json answers = Import(json::array({bad, User({{"type", "TOTP"}})}));
  EXPECT_EQ(answers[0]["outcome"], "refused");
  EXPECT_NE(answers[0]["reason"], "");
  EXPECT_EQ(answers[1]["outcome"], "imported");
}

TEST_F(ImportTest, UserWithOneBadDeviceComesInWithNone) {
  json user = User({{"type", "TOTP"}});
  user["devices"].push_back({{"type", "TOTP"}, {"secret", "1"}});
  EXPECT_EQ(ImportOne(user), "refused");
  EXPECT_TRUE(List()["devices"].empty());
}

TEST_F(ImportTest, AThousandAtOnce) {
  json users = json::array();
  for (int i = 0; i < 1000; ++i) {
    json user = User({{"type", "TOTP"}});
    user["username"] = "user" + std::to_string(i);
    user["uid"] = 2000 + i;
    users.push_back(std::move(user));
  }
  for (const json& answer : Import(users)) {
    ASSERT_EQ(answer["outcome"], "imported");
  }
  EXPECT_EQ(store_->users(), 1000U);
}

}  // namespace
}  // namespace twofactor
