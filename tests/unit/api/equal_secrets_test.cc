// No user has two devices with one secret, and what was used of a secret stays used, wherever it
// comes from again.
#include "common/otp/base32.h"
#include "tests/unit/api/devices_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr const char* kOneSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
constexpr const char* kOtherSecret = "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK";

json Totp(const char* label, const char* secret = kOneSecret) {
  return {{"type", "TOTP"}, {"secret", secret}, {"label", label}};
}

json Hotp(const char* label, HotpCounter counter, const char* secret = kOneSecret) {
  return {{"type", "HOTP"}, {"secret", secret}, {"label", label}, {"counter", counter}};
}

class EqualSecretsTest : public DevicesFixture {
 protected:
  EqualSecretsTest() { secrets_["imported"] = "12345678901234567890"; }

  // A vector: compilers differ on a json of a list with one json in it.
  json Import(std::vector<json> devices, json recovery_codes = json::array(),
              const json& options = json::object()) {
    const json user = {{"username", "alice"},
                       {"uid", kAlice},
                       {"devices", std::move(devices)},
                       {"recovery_codes", std::move(recovery_codes)}};
    return Call(Connect(0), "user.import_2fa_devices", json::array({json::array({user}), options}))
        .value()[0];
  }
  void MustImport(std::vector<json> devices, json recovery_codes = json::array(),
                  const json& options = json::object()) {
    const json answer = Import(std::move(devices), std::move(recovery_codes), options);
    ASSERT_EQ(answer["outcome"], "imported") << answer;
  }
  void Unset() { ASSERT_TRUE(Call(Connect(0), "user.unset_2fa_secret", kAliceName)); }
  std::size_t Devices() { return List()["devices"].size(); }
  // How many of `tries` logins with the code are let in.
  int Grants(const std::string& code, int tries = 3) {
    int grants = 0;
    for (int i = 0; i < tries; ++i) {
      grants += Outcome(code) == "granted" ? 1 : 0;
    }
    return grants;
  }
};

TEST_F(EqualSecretsTest, DeviceThatStandsThereTwiceIsTakenOnceAndThatIsTold) {
  const json answer = Import({Totp("phone"), Totp("tablet"), Totp("other", kOtherSecret)});
  EXPECT_EQ(answer["outcome"], "imported");
  EXPECT_NE(answer["reason"].get<std::string>().find("'tablet'"), std::string::npos) << answer;
  ASSERT_EQ(Devices(), 2U);
  EXPECT_EQ(List()["devices"][0]["label"], "phone");
  EXPECT_EQ(Grants(CodeOf("imported")), 1);
}

TEST_F(EqualSecretsTest, RenewalLeavesNoCodeOfASecretThatStoodThereTwice) {
  MustImport({Totp("phone"), Totp("tablet")});
  Enroll("alice");
  EXPECT_EQ(Grants(CodeOf("imported")), 0);
  EXPECT_EQ(Grants(CodeOf("alice")), 1);
}

TEST_F(EqualSecretsTest, CounterThatStandsThereTwiceGoesOnFromTheHigherOne) {
  MustImport({Hotp("key", 5), Hotp("spare", 9)});
  EXPECT_EQ(Devices(), 1U);
  EXPECT_EQ(Grants(HotpOf("imported", 7)), 0);
  EXPECT_EQ(Grants(HotpOf("imported", 9)), 1);
}

TEST_F(EqualSecretsTest, StepsThatEitherOfTheTwoHasUsedStayUsed) {
  json used = Totp("tablet");
  used["first_step"] = StepAt(clock_.wall, std::chrono::seconds(30)) + 1;
  MustImport({Totp("phone"), used});
  EXPECT_EQ(Grants(CodeOf("imported")), 0);
  EXPECT_EQ(Grants(CodeOf("imported", 1)), 1);
}

// HMAC fills its key up with zero bytes: these make the same codes.
TEST_F(EqualSecretsTest, ZeroBytesAtTheEndMakeNoOtherSecret) {
  const auto bytes = SecretBytes::CopyOf(std::string_view("12345678901234567890\0\0\0\0\0", 25));
  const std::string longer(EncodeBase32(bytes).value().text());
  MustImport({Totp("phone"), Totp("tablet", longer.c_str())});
  EXPECT_EQ(Devices(), 1U);
  EXPECT_EQ(Grants(CodeOf("imported")), 1);
}

TEST_F(EqualSecretsTest, OneSecretForTwoKindsOfCodesIsRefusedWithTheDevicesThatHaveIt) {
  for (const json& other :
       {Hotp("tablet", 0),
        json{{"type", "TOTP"}, {"secret", kOneSecret}, {"label", "tablet"}, {"otp_digits", 8}},
        json{{"type", "TOTP"}, {"secret", kOneSecret}, {"label", "tablet"}, {"interval", 60}},
        json{{"type", "TOTP"},
             {"secret", kOneSecret},
             {"label", "tablet"},
             {"algorithm", "SHA256"}}}) {
    const json answer = Import({Totp("phone"), other});
    EXPECT_EQ(answer["outcome"], "refused") << other;
    const std::string reason = answer["reason"];
    EXPECT_NE(reason.find("'phone'"), std::string::npos) << reason;
    EXPECT_NE(reason.find("'tablet'"), std::string::npos) << reason;
    EXPECT_EQ(Devices(), 0U);
  }
}

TEST_F(EqualSecretsTest, TwoUsersMayHaveOneSecret) {
  MustImport({Totp("phone")});
  const json bob = {{"username", "bob"}, {"uid", kBob}, {"devices", json::array({Totp("phone")})}};
  EXPECT_EQ(Call(Connect(0), "user.import_2fa_devices", json::array({json::array({bob})}))
                .value()[0]["outcome"],
            "imported");
}

TEST_F(EqualSecretsTest, CodeThatWasUsedStaysUsedWhereItsSecretComesBackAfterUnset) {
  for (const bool lose_ledger : {false, true}) {
    MustImport({Totp("phone")});
    clock_.Advance(std::chrono::minutes(5));
    const std::string used = CodeOf("imported", 1);
    ASSERT_EQ(Grants(used), 1);
    Unset();
    if (lose_ledger) {
      Restart(lose_ledger);
    }
    MustImport({Totp("phone")});
    EXPECT_EQ(Grants(used), 0) << lose_ledger;
    clock_.Advance(std::chrono::seconds(90));
    EXPECT_EQ(Grants(CodeOf("imported")), 1);
    Unset();
  }
}

TEST_F(EqualSecretsTest, CodeThatWasUsedWhileTheClockWasAheadStaysUsedAfterUnset) {
  MustImport({Totp("phone")});
  clock_.wall += std::chrono::hours(2);
  const std::string used = CodeOf("imported");
  ASSERT_EQ(Grants(used), 1);
  Unset();
  clock_.wall -= std::chrono::hours(2);
  MustImport({Totp("phone")});
  clock_.wall += std::chrono::hours(2);
  EXPECT_EQ(Grants(used), 0);
  EXPECT_EQ(Grants(CodeOf("imported", 1)), 1);
}

TEST_F(EqualSecretsTest, CodeThatWasUsedStaysUsedWhereItsSecretComesBackAfterARenewal) {
  MustImport({Totp("phone")});
  const std::string used = CodeOf("imported", 1);
  ASSERT_EQ(Grants(used), 1);
  Enroll("alice");
  MustImport({Totp("phone")}, json::array(), {{"replace", true}});
  EXPECT_EQ(Grants(used), 0);
}

TEST_F(EqualSecretsTest, CounterThatWasUsedStaysUsedWhereItsSecretComesBackAfterUnset) {
  MustImport({Hotp("key", 3)});
  ASSERT_EQ(Grants(HotpOf("imported", 8)), 1);
  Unset();
  MustImport({Hotp("key", 3)});
  // Few enough that nobody has to wait.
  EXPECT_EQ(Grants(HotpOf("imported", 7), 1), 0);
  EXPECT_EQ(Grants(HotpOf("imported", 8), 1), 0);
  EXPECT_EQ(Grants(HotpOf("imported", 9)), 1);
}

TEST_F(EqualSecretsTest, ScratchCodeThatWasUsedStaysUsedAfterUnsetAndTheOthersComeBack) {
  const json codes = {"12345678", "87654321"};
  MustImport({Totp("phone")}, codes);
  ASSERT_EQ(Grants("12345678"), 1);
  Unset();
  MustImport({Totp("phone")}, codes);
  EXPECT_EQ(Grants("12345678"), 0);
  EXPECT_EQ(Grants("87654321"), 1);
}

TEST_F(EqualSecretsTest, NewScratchCodeInTheSameFileComesInAndUsedOnesDoNot) {
  MustImport({Totp("phone")}, {"12345678", "87654321"});
  ASSERT_EQ(Grants("12345678"), 1);
  MustImport({Totp("phone")}, {"12345678", "87654321", "55555555"}, {{"replace", true}});
  EXPECT_EQ(Grants("12345678"), 0);
  EXPECT_EQ(Grants("87654321"), 1);
  EXPECT_EQ(Grants("55555555"), 1);
}

// A list that its user has replaced is of no use any more, whoever kept the file.
TEST_F(EqualSecretsTest, ScratchCodesOfAListThatWasReplacedStayDead) {
  MustImport({Totp("phone")}, {"12345678", "87654321"});
  RenewRecoveryCodes();
  MustImport({Totp("phone")}, {"87654321", "55555555"}, {{"replace", true}});
  EXPECT_EQ(Grants("87654321"), 0);
  EXPECT_EQ(Grants("55555555"), 1);
}

}  // namespace
}  // namespace twofactor
