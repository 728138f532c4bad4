// Tests what the built module asks the daemon for, in the real libpam: enrollment and grace_period.
#include <gmock/gmock.h>
#include <security/pam_appl.h>

#include <chrono>

#include "tests/pam/answering_daemon.h"
#include "tests/pam/login.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using Calls = std::vector<std::string>;
using Texts = std::vector<std::string>;

const json kOffer = {{"result",
                      {{"provisioning_uri", "otpauth://totp/x?secret=ABCDEFGH"},
                       {"secret", "ABCD EFGH"},
                       {"qr", "█▀▄\n"},
                       {"otp_digits", 6},
                       {"interval", 30},
                       {"days_left", nullptr}}}};
const json kEnrolled = {{"result", {{"outcome", "enrolled"}}}};
const json kWrong = {{"result", {{"outcome", "wrong"}}}};

json OfferWith(const std::string& key, const json& value) {
  json offer = kOffer;
  offer["result"][key] = value;
  return offer;
}

class ModuleDaemonTest : public testing::Test {
 protected:
  ModuleDaemonTest() {
    // The module reads the machine's own clock.
    store_.clock.wall = SystemClock().Wall();
    store_.clock.boot = SystemClock().Boot();
    store_.Restart();
  }
  // A module that always succeeds follows, so that PAM_IGNORE is a success.
  PamStack Stack(const std::string& options) {
    return PamStack("auth required MODULE run_dir=" + store_.paths().directory() + " " + options +
                    "\nauth required pam_permit.so");
  }
  std::string Code(int steps = 0) {
    store_.clock.wall = SystemClock().Wall();
    return std::string(store_.CodeOf("root", steps).text());
  }

  StoreFixture store_;
};

TEST_F(ModuleDaemonTest, SecretIsShownAndItsFirstCodeLetsIn) {
  AnsweringDaemon daemon(store_.paths(),
                         {{"pam.start_enrollment", kOffer}, {"pam.finish_enrollment", kEnrolled}});
  const auto outcome = Stack("enroll=required").Login("root", {"123456"});
  EXPECT_EQ(outcome.code, PAM_SUCCESS);
  ASSERT_EQ(outcome.messages.size(), 1U);
  EXPECT_THAT(outcome.messages[0], HasSubstr("\n█▀▄\n"));
  EXPECT_THAT(outcome.messages[0], HasSubstr("Secret: ABCD EFGH\n"));
  EXPECT_EQ(outcome.prompts, Texts{"Verification code: "});
  EXPECT_EQ(daemon.Calls(), (Calls{"pam.start_enrollment", "pam.finish_enrollment"}));
}

TEST_F(ModuleDaemonTest, BlankAnswerIsTheOptionsMatter) {
  AnsweringDaemon daemon(store_.paths(), {{"pam.start_enrollment", OfferWith("days_left", 1)}});
  EXPECT_EQ(Stack("enroll=optional").Login("root", {""}).code, PAM_SUCCESS);
  EXPECT_EQ(Stack("enroll=required:7").Login("root", {""}).code, PAM_SUCCESS);
}

TEST_F(ModuleDaemonTest, DaysThatTheLineDoesNotGiveDoNotLetIn) {
  AnsweringDaemon daemon(store_.paths(), {{"pam.start_enrollment", OfferWith("days_left", 1)}});
  EXPECT_EQ(Stack("enroll=required").Login("root", {""}).code, PAM_AUTH_ERR);
}

TEST_F(ModuleDaemonTest, BlankAnswerIsRefusedWhereItIsRequired) {
  AnsweringDaemon daemon(store_.paths(), {{"pam.start_enrollment", kOffer}});
  const auto outcome = Stack("enroll=required").Login("root", {""});
  EXPECT_EQ(outcome.code, PAM_AUTH_ERR);
  EXPECT_EQ(outcome.messages.size(), 2U);
}

TEST_F(ModuleDaemonTest, WrongCodesAreRefused) {
  AnsweringDaemon daemon(store_.paths(),
                         {{"pam.start_enrollment", kOffer}, {"pam.finish_enrollment", kWrong}});
  const auto outcome =
      Stack("enroll=optional").Login("root", {"000000", "111111", "222222", "333333"});
  EXPECT_EQ(outcome.code, PAM_AUTH_ERR);
  EXPECT_EQ(outcome.prompts.size(), 3U);
}

TEST_F(ModuleDaemonTest, ConversationThatFailsFinishesNothing) {
  AnsweringDaemon daemon(store_.paths(), {{"pam.start_enrollment", kOffer}});
  EXPECT_EQ(Stack("enroll=optional").Login("root", {}).code, PAM_CONV_ERR);
  EXPECT_EQ(daemon.Calls(), Calls{"pam.start_enrollment"});
}

TEST_F(ModuleDaemonTest, SilentProgramIsShownNothing) {
  AnsweringDaemon daemon(store_.paths(), {{"pam.start_enrollment", kOffer}});
  const auto optional = Stack("enroll=optional").Login("root", {}, PAM_SILENT);
  EXPECT_EQ(optional.code, PAM_SUCCESS);
  const auto required = Stack("enroll=required").Login("root", {"123456"}, PAM_SILENT);
  EXPECT_EQ(required.code, PAM_AUTH_ERR);
  EXPECT_TRUE(optional.messages.empty());
  EXPECT_TRUE(required.messages.empty());
  EXPECT_EQ(daemon.Calls(), Calls{});
}

TEST_F(ModuleDaemonTest, WithoutADaemonOptionalLetsInAndRequiredDoesNot) {
  EXPECT_EQ(Stack("enroll=optional").Login("root", {}).code, PAM_SUCCESS);
  EXPECT_EQ(Stack("enroll=required").Login("root", {}).code, PAM_AUTHINFO_UNAVAIL);
  EXPECT_EQ(Stack("enroll=required:7").Login("root", {}).code, PAM_AUTHINFO_UNAVAIL);
}

TEST_F(ModuleDaemonTest, DaemonThatGoesDuringThePromptEnrollsNobody) {
  AnsweringDaemon daemon(store_.paths(),
                         {{"pam.start_enrollment", kOffer}, {"pam.finish_enrollment", "gone"}});
  EXPECT_EQ(Stack("enroll=required").Login("root", {"123456"}).code, PAM_AUTHINFO_UNAVAIL);
}

TEST_F(ModuleDaemonTest, OfferThatIsNotUnderstoodIsNone) {
  for (const json& answer :
       {json{{"result", true}}, json{{"result", json::object()}}, OfferWith("secret", 7),
        OfferWith("secret", ""), OfferWith("otp_digits", 5), OfferWith("interval", "x"),
        OfferWith("days_left", "7")}) {
    AnsweringDaemon daemon(store_.paths(), {{"pam.start_enrollment", answer}});
    EXPECT_EQ(Stack("enroll=required:7").Login("root", {"123456"}).code, PAM_AUTHINFO_UNAVAIL)
        << answer;
  }
}

TEST_F(ModuleDaemonTest, EndThatIsNotUnderstoodIsNoLogin) {
  for (const json& answer : {json{{"result", true}}, json{{"result", {{"outcome", true}}}},
                             json{{"result", {{"outcome", "granted"}}}}}) {
    AnsweringDaemon daemon(store_.paths(),
                           {{"pam.start_enrollment", kOffer}, {"pam.finish_enrollment", answer}});
    EXPECT_EQ(Stack("enroll=required").Login("root", {"123456"}).code, PAM_AUTHINFO_UNAVAIL)
        << answer;
  }
}

class ModuleGraceTest : public ModuleDaemonTest {
 protected:
  ModuleGraceTest() { store_.Enroll("root", 0, RfcSecret()); }
};

TEST_F(ModuleGraceTest, LoginIsNotedAndAGrantIsNotAsked) {
  PamStack stack = Stack("grace_period=60");
  stack.ComeFrom("192.0.2.1", "ssh");
  {
    AnsweringDaemon daemon(store_.paths(), {{"pam.grace", {{"result", {{"granted", false}}}}},
                                            {"pam.note_login", {{"result", nullptr}}},
                                            {"pam.note_origin", {{"result", nullptr}}}});
    EXPECT_EQ(stack.Login("root", {Code()}).code, PAM_SUCCESS);
    EXPECT_EQ(daemon.Calls(), (Calls{"pam.grace", "pam.note_login", "pam.note_origin"}));
  }
  AnsweringDaemon daemon(store_.paths(), {{"pam.grace", {{"result", {{"granted", true}}}}}});
  const auto outcome = stack.Login("root", {});
  EXPECT_EQ(outcome.code, PAM_SUCCESS);
  EXPECT_TRUE(outcome.prompts.empty());
}

TEST_F(ModuleGraceTest, AnswerThatIsNotUnderstoodIsNoGrant) {
  PamStack stack = Stack("grace_period=60");
  stack.ComeFrom("", "/dev/tty1");
  for (const json& answer : {json{{"result", true}}, json{{"result", {{"granted", "true"}}}},
                             json{{"result", {{"granted", 1}}}}, json("gone")}) {
    AnsweringDaemon daemon(store_.paths(), {{"pam.grace", answer}});
    EXPECT_EQ(stack.Login("root", {"000000"}).code, PAM_AUTH_ERR) << answer;
    EXPECT_EQ(daemon.Calls(), Calls{"pam.grace"});
  }
}

TEST_F(ModuleGraceTest, WithoutADaemonTheUserIsAskedAndGetsIn) {
  PamStack stack = Stack("grace_period=60");
  stack.ComeFrom("192.0.2.1", "ssh");
  EXPECT_EQ(stack.Login("root", {Code()}).code, PAM_SUCCESS);
}

TEST_F(ModuleGraceTest, DaemonThatHangsCostsATenthOfASecondBeforeAndTwoFifthsAfter) {
  PamStack stack = Stack("grace_period=60");
  stack.ComeFrom("192.0.2.1", "ssh");
  AnsweringDaemon daemon(
      store_.paths(),
      {{"pam.grace", nullptr}, {"pam.note_login", nullptr}, {"pam.note_origin", nullptr}});
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(stack.Login("root", {Code()}).code, PAM_SUCCESS);
  // Generous, for a busy machine.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(900));
}

}  // namespace
}  // namespace twofactor
