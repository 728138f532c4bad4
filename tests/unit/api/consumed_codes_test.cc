// What the daemon alone consumes: HOTP codes, recovery codes; and clocks that are wrong.
#include "common/otp/hotp.h"
#include "common/otp/totp.h"
#include "tests/unit/api/devices_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

class ConsumedCodesTest : public DevicesFixture {
 protected:
  std::string Resync(const Peer& peer, const std::string& first, const std::string& second) {
    return Refusal(peer, "user.resync_2fa_device", json::array({"alice", 0, first, second}));
  }
};

TEST_F(ConsumedCodesTest, HotpCodeOpensOneLoginAndClosesThoseBeforeIt) {
  Add("token", DeviceKind::kHotp);
  EXPECT_EQ(Outcome(HotpOf("token", 0)), "wrong");  // Used to enrol.
  EXPECT_EQ(Outcome(HotpOf("token", 3)), "granted");
  EXPECT_EQ(Outcome(HotpOf("token", 3)), "wrong");
  EXPECT_EQ(Outcome(HotpOf("token", 2)), "wrong");
  EXPECT_EQ(Outcome(HotpOf("token", 4)), "granted");
}

TEST_F(ConsumedCodesTest, HotpLooksAheadAsFarAsIsConfigured) {
  Add("token", DeviceKind::kHotp);
  EXPECT_EQ(Outcome(HotpOf("token", 12)), "wrong");
  EXPECT_EQ(Outcome(HotpOf("token", 11)), "granted");
  FactorPolicy policy;
  policy.hotp_look_ahead = 0;
  store_->SetPolicy(policy);
  EXPECT_EQ(Outcome(HotpOf("token", 13)), "wrong");
  EXPECT_EQ(Outcome(HotpOf("token", 12)), "granted");
}

TEST_F(ConsumedCodesTest, WrongCodesBurnNoCounter) {
  Add("token", DeviceKind::kHotp);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(Outcome("000000"), "wrong");
  }
  EXPECT_EQ(Outcome(HotpOf("token", 1)), "granted");
}

TEST_F(ConsumedCodesTest, TwoHotpCodesInARowBringADeviceBackThatRanAhead) {
  Add("token", DeviceKind::kHotp);
  const Peer alice = Connect(kAlice);
  EXPECT_EQ(Resync(alice, HotpOf("token", 500), HotpOf("token", 502)), "EINVAL");
  EXPECT_EQ(Resync(alice, HotpOf("token", 500), HotpOf("token", 501)), "");
  EXPECT_EQ(Outcome(HotpOf("token", 501)), "wrong");
  EXPECT_EQ(Outcome(HotpOf("token", 502)), "granted");
  EXPECT_EQ(Resync(alice, HotpOf("token", 400), HotpOf("token", 401)), "EINVAL");
}

TEST_F(ConsumedCodesTest, GuessesAtTwoCodesAreThrottledToo) {
  Add("token", DeviceKind::kHotp);
  const Peer alice = Connect(kAlice);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Resync(alice, "000000", "000001"), "EINVAL");
  }
  EXPECT_EQ(Resync(alice, HotpOf("token", 5), HotpOf("token", 6)), "EAGAIN");
}

TEST_F(ConsumedCodesTest, HotpGuessesAreThrottledAndTheUserIsTold) {
  Add("token", DeviceKind::kHotp);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Outcome("000000"), "wrong");
  }
  const json answer = LogIn(HotpOf("token", 1));
  EXPECT_EQ(answer["outcome"], "throttled");
  EXPECT_EQ(answer["wait"], 15);
  clock_.Advance(std::chrono::seconds(15));
  EXPECT_EQ(Outcome(HotpOf("token", 1)), "granted");
}

TEST_F(ConsumedCodesTest, TwoTotpCodesInARowTellHowFarAClockIsOff) {
  Add("phone");
  clock_.Advance(std::chrono::hours(1));
  const Peer alice = Connect(kAlice);
  EXPECT_EQ(Outcome(CodeOf("phone", 100)), "wrong");
  EXPECT_EQ(Resync(alice, CodeOf("phone", 99), CodeOf("phone", 101)), "EINVAL");
  EXPECT_EQ(Resync(alice, CodeOf("phone", 99), CodeOf("phone", 100)), "");
  EXPECT_EQ(Outcome(CodeOf("phone", 100)), "replayed");
  clock_.Advance(std::chrono::seconds(30));
  EXPECT_EQ(Outcome(CodeOf("phone")), "wrong");
  EXPECT_EQ(Outcome(CodeOf("phone", 100)), "granted");
}

TEST_F(ConsumedCodesTest, CodesThatWereUsedTellNothing) {
  Add("phone");
  clock_.Advance(std::chrono::minutes(5));
  const std::string first = CodeOf("phone", -1);
  const std::string second = CodeOf("phone");
  EXPECT_EQ(Outcome(second), "granted");
  EXPECT_EQ(Resync(Connect(kAlice), first, second), "EINVAL");
}

TEST_F(ConsumedCodesTest, RecoveryCodeOpensOneLoginAndTheRestAreCounted) {
  Add("phone");
  const auto codes = RenewRecoveryCodes();
  ASSERT_EQ(codes.size(), 10U);
  const json answer = LogIn(codes[3]);
  EXPECT_EQ(answer["outcome"], "granted");
  EXPECT_EQ(answer["recovery_codes_left"], 9);
  EXPECT_EQ(Outcome(codes[3]), "wrong");
  EXPECT_EQ(List()["recovery_codes_left"], 9);
}

TEST_F(ConsumedCodesTest, RecoveryCodesAreTypedAsPeopleType) {
  Add("phone");
  std::string code = RenewRecoveryCodes()[0];
  std::transform(code.begin(), code.end(), code.begin(),
                 [](char letter) { return static_cast<char>(std::toupper(letter)); });
  code[4] = ' ';
  EXPECT_EQ(Outcome(code), "granted");
}

TEST_F(ConsumedCodesTest, NewRecoveryCodesKillTheOldAndLeaveTheSecret) {
  Add("phone");
  const auto old = RenewRecoveryCodes();
  const auto now = RenewRecoveryCodes();
  EXPECT_EQ(Outcome(old[0]), "wrong");
  EXPECT_EQ(Outcome(now[0]), "granted");
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_EQ(Outcome(CodeOf("phone")), "granted");
}

TEST_F(ConsumedCodesTest, RecoveryCodeProvesTheFactorForARenewal) {
  Add("phone");
  const auto codes = RenewRecoveryCodes();
  const Peer alice = Connect(kAlice);
  const json login = {{"mechanism", "OTP_TOKEN"}, {"otp_token", codes[0]}};
  EXPECT_EQ(Call(alice, "auth.login_ex_continue", json::array({login})).value()["response_type"],
            "SUCCESS");
  EXPECT_EQ(Refusal(alice, "user.renew_2fa_secret", json::array({"alice", json::object()})), "");
}

TEST_F(ConsumedCodesTest, RecoveryCodesGoWithTheFactor) {
  Add("phone");
  const auto codes = RenewRecoveryCodes();
  Call(Connect(0), "user.unset_2fa_secret", {"alice"}).value();
  EXPECT_EQ(Outcome(codes[0]), "no_factor");
  Add("phone");
  EXPECT_EQ(Outcome(codes[1]), "wrong");
}

TEST_F(ConsumedCodesTest, RecoveryCodesNeedADevice) {
  EXPECT_EQ(Refusal(Connect(0), "user.renew_recovery_codes", {"alice"}), "EINVAL");
}

TEST_F(ConsumedCodesTest, WrongRecoveryCodesWaitWithoutHoldingTheDevicesUp) {
  Add("phone");
  const auto codes = RenewRecoveryCodes();
  clock_.Advance(std::chrono::minutes(5));
  for (int i = 0; i < 6; ++i) {
    Outcome("abcd-efgh-jkmn");
  }
  EXPECT_EQ(Outcome(codes[0]), "throttled");
  // What has not the length of the phone's codes is no try at the phone.
  EXPECT_EQ(List()["devices"][0]["failures"], 0);
  EXPECT_EQ(Outcome(CodeOf("phone")), "granted");
  // Nor does the phone open the way for guesses at recovery codes.
  EXPECT_EQ(Outcome(codes[1]), "throttled");
  clock_.Advance(std::chrono::seconds(15));
  EXPECT_EQ(Outcome(codes[1]), "granted");
}

TEST_F(ConsumedCodesTest, ThirdCodeInARowTeachesAClocksSkew) {
  Add("phone");
  clock_.Advance(std::chrono::hours(1));
  for (int login = 0; login < 3; ++login) {
    EXPECT_EQ(Outcome(CodeOf("phone", 7)), login < 2 ? "wrong" : "granted") << login;
    clock_.Advance(std::chrono::seconds(30));
  }
  EXPECT_EQ(Outcome(CodeOf("phone", 7)), "granted");
  EXPECT_EQ(Outcome(CodeOf("phone", 9)), "wrong");
}

TEST_F(ConsumedCodesTest, SkewThatIsLearnedStaysOverTheNextStart) {
  Add("phone");
  clock_.Advance(std::chrono::hours(1));
  for (int login = 0; login < 3; ++login) {
    Outcome(CodeOf("phone", -7));
    clock_.Advance(std::chrono::seconds(30));
  }
  Restart();
  clock_.Advance(std::chrono::minutes(10));
  EXPECT_EQ(Outcome(CodeOf("phone", -7)), "granted");
}

TEST_F(ConsumedCodesTest, NothingIsLearnedFromOneCodeThriceNorFromScatteredOnes) {
  Add("phone");
  clock_.Advance(std::chrono::hours(1));
  const std::string code = CodeOf("phone", 7);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Outcome(code), "wrong");
  }
  clock_.Advance(std::chrono::hours(2));
  for (const int steps : {5, -9, 12, 3}) {
    EXPECT_EQ(Outcome(CodeOf("phone", steps)), "wrong");
    clock_.Advance(std::chrono::seconds(30));
  }
}

TEST_F(ConsumedCodesTest, NothingIsLearnedBeyondTheBoundNorWhereItIsSwitchedOff) {
  Add("phone");
  clock_.Advance(std::chrono::hours(1));
  const auto thrice = [this](int steps, bool learn) {
    std::string last;
    for (int i = 0; i < 3; ++i) {
      last = LogIn(CodeOf("phone", steps), learn)["outcome"];
      clock_.Advance(std::chrono::seconds(30));
    }
    clock_.Advance(std::chrono::hours(2));
    return last;
  };
  EXPECT_EQ(thrice(21, true), "wrong");
  EXPECT_EQ(thrice(7, false), "wrong");
  FactorPolicy policy;
  policy.learn_skew = false;
  store_->SetPolicy(policy);
  EXPECT_EQ(thrice(7, true), "wrong");
  store_->SetPolicy({});
  EXPECT_EQ(thrice(20, true), "granted");
}

TEST_F(ConsumedCodesTest, OldCodesThatWereUsedAreNotLearnedFrom) {
  Add("phone");
  clock_.Advance(std::chrono::hours(1));
  std::vector<std::string> seen;
  for (int i = 0; i < 3; ++i) {
    seen.push_back(CodeOf("phone"));
    EXPECT_EQ(Outcome(seen.back()), "granted");
    clock_.Advance(std::chrono::seconds(30));
  }
  clock_.Advance(std::chrono::minutes(3));
  // Typed again at the pace at which they were seen, they look like those of a slow clock.
  for (const std::string& code : seen) {
    EXPECT_EQ(Outcome(code), "wrong");
    clock_.Advance(std::chrono::seconds(30));
  }
  // Nor is the device's clock taken for a wrong one.
  EXPECT_EQ(Outcome(CodeOf("phone")), "granted");
}

TEST_F(ConsumedCodesTest, CodeOfASkewedDeviceStaysUsedWhereTheLedgerIsLost) {
  Add("phone");
  clock_.Advance(std::chrono::hours(1));
  for (int login = 0; login < 3; ++login) {
    Outcome(CodeOf("phone", 7));
    clock_.Advance(std::chrono::seconds(30));
  }
  // Long enough that what the vault closed when it learned the skew is over.
  clock_.Advance(std::chrono::minutes(10));
  const std::string code = CodeOf("phone", 7);
  EXPECT_EQ(Outcome(code), "granted");
  Restart(/*lose_ledger=*/true);
  EXPECT_EQ(Outcome(code), "before_birth");
  clock_.Advance(std::chrono::minutes(2));
  EXPECT_EQ(Outcome(CodeOf("phone", 7)), "granted");
}

TEST_F(ConsumedCodesTest, UsedCodesStayUsedOverAKillOfTheDaemon) {
  Add("token", DeviceKind::kHotp);
  const auto codes = RenewRecoveryCodes();
  EXPECT_EQ(Outcome(HotpOf("token", 1)), "granted");
  EXPECT_EQ(Outcome(codes[0]), "granted");
  Restart();
  EXPECT_EQ(Outcome(HotpOf("token", 1)), "wrong");
  EXPECT_EQ(Outcome(codes[0]), "wrong");
  EXPECT_EQ(Outcome(HotpOf("token", 2)), "granted");
  EXPECT_EQ(Outcome(codes[1]), "granted");
}

TEST_F(ConsumedCodesTest, AnotherUidOfTheSameNameHasNothingOfIt) {
  Add("token", DeviceKind::kHotp);
  const auto codes = RenewRecoveryCodes();
  for (const std::string& code : {HotpOf("token", 1), codes[0]}) {
    const auto answer = Call(Connect(0), "pam.verify",
                             json::array({"alice", 7777, "sshd", json::array({code}), true}))
                            .value();
    EXPECT_NE(answer["outcome"], "granted");
  }
  EXPECT_EQ(Outcome(HotpOf("token", 1)), "granted");
}

// What a login's line wants is the same whether the module verifies or the daemon.
class LineOptionsTest : public DevicesFixture {
 protected:
  json Try(const char* method, const std::string& typed, const json& options) {
    return Call(Connect(0), method,
                json::array({"alice", kAlice, "sshd", json::array({typed}), true, options}))
        .value()["outcome"];
  }
};

TEST_F(LineOptionsTest, WindowNarrowsTheAdministratorsAndNeverWidensIt) {
  Enroll("alice");
  clock_.Advance(std::chrono::minutes(10));
  for (const int step : {-1, 1}) {
    EXPECT_EQ(Try("pam.verify", CodeOf("alice", step), {{"window", 0}}), "wrong") << step;
  }
  EXPECT_EQ(Try("pam.verify", CodeOf("alice", 2), {{"window", 10}}), "wrong");
  EXPECT_EQ(Try("pam.verify", CodeOf("alice"), {{"window", 0}}), "granted");
  EXPECT_EQ(Try("pam.verify", CodeOf("alice", 1), {{"window", 10}}), "granted");
  EXPECT_EQ(
      Refusal(
          Connect(0), "pam.verify",
          json::array({"alice", kAlice, "sshd", json::array({"000000"}), true, {{"window", 11}}})),
      "EINVAL");
}

// Eight digits have the form of a recovery code, too, so the module shows them to the daemon.
TEST_F(LineOptionsTest, DigitsHoldForDevicesAndNotForRecoveryCodes) {
  const json device = {
      {"type", "TOTP"}, {"secret", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}, {"otp_digits", 8}};
  const json token = {
      {"type", "HOTP"}, {"secret", "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK"}, {"otp_digits", 8}};
  const json user = {{"username", "alice"},
                     {"uid", kAlice},
                     {"devices", json::array({device, token})},
                     {"recovery_codes", {"12345678"}}};
  ASSERT_TRUE(Call(Connect(0), "user.import_2fa_devices",
                   json::array({json::array({user}), {{"replace", true}}})));
  const OtpParameters eight{OtpAlgorithm::kSha1, 8, std::chrono::seconds(30)};
  const auto totp = GenerateTotp(SecretBytes::CopyOf("12345678901234567890"), eight,
                                 StepAt(clock_.wall, eight.interval));
  const auto hotp = GenerateHotp(SecretBytes::CopyOf("abcdefghijabcdefghij"), eight, 0);
  const json six = {{"otp_digits", 6}};
  EXPECT_EQ(Try("pam.verify", std::string(totp->text()), six), "wrong");
  EXPECT_EQ(Try("pam.verify", std::string(hotp->text()), six), "wrong");
  EXPECT_EQ(Try("pam.consume", std::string(hotp->text()), six), "wrong");
  EXPECT_EQ(Try("pam.consume", "12345678", six), "granted");
  EXPECT_EQ(Try("pam.consume", std::string(hotp->text()), {{"otp_digits", 8}}), "granted");
  EXPECT_EQ(Try("pam.verify", std::string(totp->text()), {{"otp_digits", 8}}), "granted");
}

}  // namespace
}  // namespace twofactor
