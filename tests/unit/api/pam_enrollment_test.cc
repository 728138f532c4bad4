// A first secret at a login: what pam.start_enrollment and pam.finish_enrollment do, and for whom.
#include "common/qr/qr_code.h"
#include "helperd/twofactord/factor/enrollment_days.h"
#include "tests/unit/api/api_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

const json kStart = json::array({"alice", 1000, "login"});

class PamEnrollmentTest : public ApiFixture {
 protected:
  json Start(const Peer& peer, const json& options = json::object()) {
    json params = kStart;
    params.push_back(options);
    const auto offer = Call(peer, "pam.start_enrollment", params);
    EXPECT_TRUE(offer) << offer.error().message();
    if (!offer) {
      return {};
    }
    Remember("alice", {{"twofactor_config", *offer}});
    return *offer;
  }
  Result<json> Finish(const Peer& peer, const std::string& code) {
    return Call(peer, "pam.finish_enrollment", json::array({"alice", 1000, code}));
  }
  std::string State() {
    return Call(Connect(0), "pam.state", kStart).value()["state"].get<std::string>();
  }
  std::string Verify(const std::string& code) {
    return Call(Connect(0), "pam.verify",
                json::array({"alice", 1000, "login", json::array({code}), false}))
        .value()["outcome"];
  }
};

TEST_F(PamEnrollmentTest, SecretCountsOnceACodeWasSeenAndThatCodeIsUsedUp) {
  const Peer root = Connect(0);
  const json offer = Start(root);
  EXPECT_EQ(State(), "absent");
  const std::string code = CodeOf("alice");
  EXPECT_EQ(Finish(root, code).value()["outcome"], "enrolled");
  EXPECT_EQ(State(), "configured");
  EXPECT_EQ(Verify(code), "replayed");
  EXPECT_EQ(Verify(CodeOf("alice", 1)), "granted");
}

TEST_F(PamEnrollmentTest, UserEnrollsAtAnOwnHost) {
  const Peer alice = Connect(kAlice);
  Start(alice);
  EXPECT_EQ(Finish(alice, CodeOf("alice")).value()["outcome"], "enrolled");
}

TEST_F(PamEnrollmentTest, NameOfAnotherWithTheOwnUidIsRefused) {
  EXPECT_EQ(Refusal(Connect(kBob), "pam.start_enrollment", json::array({"alice", kBob, "login"})),
            "EPERM");
  EXPECT_EQ(Refusal(Connect(kNameless), "pam.start_enrollment",
                    json::array({"alice", kNameless, "login"})),
            "EPERM");
}

TEST_F(PamEnrollmentTest, TrustedUidsDoNotEnrollOthers) {
  services_->config.verify.trusted_uids = {kBob};
  EXPECT_EQ(Refusal(Connect(kBob), "pam.start_enrollment", kStart), "EPERM");
}

TEST_F(PamEnrollmentTest, RolesOfTheConnectionStayWhatTheyAre) {
  const Peer admin = Connect(kAdmin);
  EXPECT_EQ(Refusal(admin, "pam.start_enrollment", json::array({"admin", kAdmin, "login"})), "");
  EXPECT_EQ(Call(admin, "auth.me", json::array()).value()["roles"], json::array({"FULL_ADMIN"}));
}

TEST_F(PamEnrollmentTest, SecretThatIsThereIsNeverReplaced) {
  const Peer root = Connect(0);
  Start(root);
  const std::string code = CodeOf("alice");
  // Meanwhile somebody else was quicker.
  Enroll("alice");
  EXPECT_EQ(Finish(root, code).error().code(), ErrorCode::kFactorRequired);
  EXPECT_EQ(Verify(CodeOf("alice")), "granted");
}

TEST_F(PamEnrollmentTest, WrongCodesChangeNothingAndFiveEndIt) {
  const Peer root = Connect(0);
  Start(root);
  for (const char* wrong : {"", "abc", "000000", "1", "999999"}) {
    EXPECT_EQ(Finish(root, wrong).value()["outcome"], "wrong") << wrong;
  }
  EXPECT_EQ(Finish(root, CodeOf("alice")).error().code(), ErrorCode::kConflict);
  EXPECT_EQ(State(), "absent");
}

TEST_F(PamEnrollmentTest, PendingSecretGoesWithItsConnection) {
  Start(Connect(0));
  EXPECT_EQ(Finish(Connect(0), CodeOf("alice")).error().code(), ErrorCode::kConflict);
  EXPECT_EQ(State(), "absent");
}

TEST_F(PamEnrollmentTest, PendingSecretIsItsUsersAlone) {
  const Peer root = Connect(0);
  Start(root);
  EXPECT_EQ(Refusal(root, "pam.finish_enrollment", json::array({"bob", 1001, CodeOf("alice")})),
            "EINVAL");
}

TEST_F(PamEnrollmentTest, PictureAndSecretAreTheUris) {
  const json offer = Start(Connect(0));
  const std::string uri = offer["provisioning_uri"];
  std::string secret = offer["secret"];
  EXPECT_EQ(secret.size(), 39U);
  std::erase(secret, ' ');
  EXPECT_NE(uri.find("secret=" + secret + "&"), std::string::npos);
  const QrCode code = MakeQrCode(uri, QrLevel::kLow).value();
  EXPECT_EQ(offer["qr"], ToTerminal(code, false, kQrNarrowQuiet));
  EXPECT_LE(TerminalColumnsOf(code, kQrNarrowQuiet), 80);
}

TEST_F(PamEnrollmentTest, UriTooLongForATerminalHasNoPicture) {
  services_->config.otpauth.account = std::string(500, 'x');
  EXPECT_EQ(Start(Connect(0))["qr"], nullptr);
}

TEST_F(PamEnrollmentTest, CodesHaveTheDigitsThatTheLineWants) {
  const Peer root = Connect(0);
  EXPECT_EQ(Start(root, {{"otp_digits", 8}})["otp_digits"], 8);
  EXPECT_EQ(CodeOf("alice").size(), 8U);
  EXPECT_EQ(Finish(root, CodeOf("alice")).value()["outcome"], "enrolled");
}

TEST_F(PamEnrollmentTest, DaysAreCountedFromTheFirstTimeThatItWasAsked) {
  EXPECT_EQ(Start(Connect(0))["days_left"], nullptr);
  clock_.Advance(std::chrono::hours(24));
  EXPECT_EQ(Start(Connect(0), {{"grace_days", 3}})["days_left"], 3);
  clock_.Advance(std::chrono::hours(24) * 3 - std::chrono::seconds(1));
  EXPECT_EQ(Start(Connect(0), {{"grace_days", 3}})["days_left"], 1);
  Restart();
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(Start(Connect(0), {{"grace_days", 3}})["days_left"], 0);
}

TEST_F(PamEnrollmentTest, SwitchedOffMeansNoOffer) {
  Call(Connect(0), "auth.twofactor.update", json::array({{{"enabled", false}}})).value();
  EXPECT_EQ(Refusal(Connect(0), "pam.start_enrollment", kStart), "EINVAL");
}

TEST_F(PamEnrollmentTest, NewSecretsOfAUserAreLimitedAndRootsAreNot) {
  const Peer alice = Connect(kAlice);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(Refusal(alice, "pam.start_enrollment", kStart), "");
  }
  EXPECT_EQ(Refusal(alice, "pam.start_enrollment", kStart), "EAGAIN");
  EXPECT_EQ(Refusal(Connect(0), "pam.start_enrollment", kStart), "");
}

TEST(DaysLeftTest, BegunDaysCountAndAClockThatWasWrongGivesNoMore) {
  const WallTime first{std::chrono::seconds(1'800'000'000)};
  const std::chrono::seconds day{86400};
  EXPECT_EQ(DaysLeft(first, first, 7), 7);
  EXPECT_EQ(DaysLeft(first, first + std::chrono::seconds(1), 7), 7);
  EXPECT_EQ(DaysLeft(first, first + day, 7), 6);
  EXPECT_EQ(DaysLeft(first, first + 7 * day - std::chrono::seconds(1), 7), 1);
  EXPECT_EQ(DaysLeft(first, first + 7 * day, 7), 0);
  EXPECT_EQ(DaysLeft(first, first + 700 * day, 7), 0);
  EXPECT_EQ(DaysLeft(first, first - 700 * day, 7), 7);
}

}  // namespace
}  // namespace twofactor
