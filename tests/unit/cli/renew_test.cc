#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "cli/commands/commands.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/cli/scripted.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const json kEntry = {{"twofactor_config",
                      {{"provisioning_uri",
                        "otpauth://totp/x:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=x"},
                       {"otp_digits", 6},
                       {"interval", 30}}}};

class RenewTest : public testing::Test {
 protected:
  RenewTest() { arguments_.operands = {"alice"}; }
  // With the devices that the user has, which are asked for first.
  Result<CommandResult> Run() {
    if (!daemon_.script.empty()) {
      daemon_.script.emplace_front("user.list_2fa_devices", devices_);
    }
    return RunRenew(arguments_, daemon_, terminal_);
  }

  CliArguments arguments_;
  json devices_ = {{"devices", {{{"id", 0}, {"label", "phone"}}}}, {"recovery_codes_left", 9}};
  ScriptedDaemon daemon_;
  ScriptedTerminal terminal_;
};

TEST_F(RenewTest, ShowsSecretAndPictureAndAsksForAFirstCode) {
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  daemon_.script.emplace_back("user.finish_2fa_enrollment", kEntry);
  terminal_.answers = {"123456"};
  const auto result = Run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->json["changed"], true);
  EXPECT_NE(terminal_.shown.find("GEZD GNBV GY3T QOJQ"), std::string::npos);
  EXPECT_NE(terminal_.shown.find("▀"), std::string::npos);
}

TEST_F(RenewTest, WrongFirstCodeMayBeTypedAgain) {
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  daemon_.script.emplace_back("user.finish_2fa_enrollment", Fail(ErrorCode::kConflict, "wrong"));
  daemon_.script.emplace_back("user.finish_2fa_enrollment", kEntry);
  terminal_.answers = {"1", "2"};
  EXPECT_TRUE(Run());
}

TEST_F(RenewTest, ThreeWrongCodesLeaveEverythingAsItWas) {
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  for (int i = 0; i < 3; ++i) {
    daemon_.script.emplace_back("user.finish_2fa_enrollment", Fail(ErrorCode::kConflict, "wrong"));
  }
  terminal_.answers = {"1", "2", "3"};
  const auto result = Run();
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kNo);
  EXPECT_NE(result.error().message().find("nothing was changed"), std::string::npos);
}

TEST_F(RenewTest, CurrentCodeIsAskedForWhereTheDaemonWantsIt) {
  daemon_.script.emplace_back("user.start_2fa_enrollment",
                              Fail(ErrorCode::kFactorRequired, "first"));
  daemon_.script.emplace_back("auth.login_ex_continue", json{{"response_type", "SUCCESS"}});
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  daemon_.script.emplace_back("user.finish_2fa_enrollment", kEntry);
  terminal_.answers = {"111111", "222222"};
  ASSERT_TRUE(Run());
  EXPECT_EQ(daemon_.calls[2],
            R"(auth.login_ex_continue[{"mechanism":"OTP_TOKEN","otp_token":"111111"}])");
}

TEST_F(RenewTest, SecretThatCannotBeShownIsNotPutIntoForce) {
  terminal_.writable = false;
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  auto result = Run();
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kFailed);
  EXPECT_THAT(result.error().message(), HasSubstr("nothing was changed"));
  arguments_.no_confirm = true;
  daemon_.script.emplace_back("user.list_2fa_devices", devices_);
  result = RunRenew(arguments_, daemon_, terminal_);
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kFailed);
}

TEST_F(RenewTest, BehindSudoItIsAskedWhetherRootIsMeant) {
  arguments_.operands.clear();
  arguments_.sudo_user = "alice";
  daemon_.script.emplace_back("auth.me", json{{"pw_name", "root"}});
  daemon_.script.emplace_back("user.list_2fa_devices", devices_);
  terminal_.answers = {"no"};
  const auto result = RunRenew(arguments_, daemon_, terminal_);
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kNo);
  EXPECT_THAT(terminal_.warned, HasSubstr("the second factor of root, not of alice"));
  EXPECT_EQ(terminal_.shown, "");
}

TEST_F(RenewTest, TypesAndAlgorithmsAreTakenInAnyCase) {
  arguments_.type = "TOTP";
  arguments_.algorithm = "SHA256";
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  daemon_.script.emplace_back("user.finish_2fa_enrollment", kEntry);
  terminal_.answers = {"123456"};
  ASSERT_TRUE(Run());
  EXPECT_THAT(daemon_.calls.at(1), HasSubstr(R"("algorithm":"SHA256","type":"TOTP")"));
}

TEST_F(RenewTest, NarrowTerminalGetsTextAndIsToldWhy) {
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  daemon_.script.emplace_back("user.finish_2fa_enrollment", kEntry);
  terminal_.columns = 20;
  terminal_.answers = {"123456"};
  ASSERT_TRUE(Run());
  EXPECT_EQ(terminal_.shown.find("▀"), std::string::npos);
  EXPECT_NE(terminal_.shown.find("too narrow"), std::string::npos);
}

TEST_F(RenewTest, NarrowTerminalPartsTheSecretBetweenItsGroups) {
  for (const auto& [columns, lines] :
       {std::pair{200, "\n  GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ\n"},
        std::pair{41, "\n  GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ\n"},
        std::pair{40, "\n  GEZD GNBV GY3T QOJQ GEZD GNBV GY3T\n  QOJQ\n"},
        std::pair{20, "\n  GEZD GNBV GY3T\n  QOJQ GEZD GNBV\n  GY3T QOJQ\n"},
        std::pair{1, "\n  GEZD\n  GNBV\n  GY3T\n  QOJQ\n  GEZD\n  GNBV\n  GY3T\n  QOJQ\n"}}) {
    daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
    daemon_.script.emplace_back("user.finish_2fa_enrollment", kEntry);
    terminal_.columns = columns;
    terminal_.answers = {"123456"};
    terminal_.shown.clear();
    ASSERT_TRUE(Run());
    EXPECT_THAT(terminal_.shown, HasSubstr(lines)) << columns;
  }
}

TEST_F(RenewTest, TerminalThatCannotShowAPictureGetsTextAndIsToldWhy) {
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  daemon_.script.emplace_back("user.finish_2fa_enrollment", kEntry);
  terminal_.unicode = false;
  terminal_.answers = {"123456"};
  ASSERT_TRUE(Run());
  EXPECT_THAT(terminal_.shown, HasSubstr("GEZD GNBV GY3T QOJQ"));
  EXPECT_THAT(terminal_.shown, HasSubstr("UTF-8"));
  for (const char byte : terminal_.shown) {
    EXPECT_TRUE(byte == '\n' || (byte >= ' ' && byte <= '~')) << terminal_.shown;
  }
}

TEST_F(RenewTest, NoQrGivesTheSecretInGroupsAndNothingOfThePicture) {
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  daemon_.script.emplace_back("user.finish_2fa_enrollment", kEntry);
  arguments_.no_qr = true;
  terminal_.answers = {"123456"};
  ASSERT_TRUE(Run());
  EXPECT_THAT(terminal_.shown, HasSubstr("GEZD GNBV GY3T QOJQ"));
  EXPECT_THAT(terminal_.shown, Not(HasSubstr("QR")));
  EXPECT_THAT(terminal_.shown, Not(HasSubstr("▀")));
}

TEST_F(RenewTest, TextComesBeforeThePicture) {
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  daemon_.script.emplace_back("user.finish_2fa_enrollment", kEntry);
  terminal_.answers = {"123456"};
  ASSERT_TRUE(Run());
  EXPECT_LT(terminal_.shown.find("GEZD"), terminal_.shown.find("▀"));
  EXPECT_LT(terminal_.shown.find("codes of 6 digits"), terminal_.shown.find("▀"));
}

TEST_F(RenewTest, WithoutColourThePictureHasNoEscapes) {
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  daemon_.script.emplace_back("user.finish_2fa_enrollment", kEntry);
  terminal_.coloured = false;
  terminal_.answers = {"123456"};
  ASSERT_TRUE(Run());
  EXPECT_THAT(terminal_.shown, HasSubstr("▀"));
  EXPECT_THAT(terminal_.shown, Not(HasSubstr("\x1b")));
}

TEST_F(RenewTest, PictureThatIsThereIsNotReplacedAndNothingIsAskedOfTheDaemon) {
  const TempDirectory directory;
  arguments_.png = directory / "qr.png";
  WriteFile(arguments_.png, "precious");
  for (const bool no_confirm : {false, true}) {
    arguments_.no_confirm = no_confirm;
    const auto result = Run();
    ASSERT_FALSE(result);
    EXPECT_EQ(StatusOf(result.error()), ExitStatus::kNo);
  }
  EXPECT_TRUE(daemon_.calls.empty());
  EXPECT_EQ(ReadFile(arguments_.png), "precious");
}

TEST_F(RenewTest, DrawingIsWrittenInPlaceOfThePictureOnTheTerminal) {
  const TempDirectory directory;
  daemon_.script.emplace_back("user.renew_2fa_secret", kEntry);
  arguments_.no_confirm = true;
  arguments_.svg = directory / "qr.svg";
  ASSERT_TRUE(Run());
  EXPECT_THAT(ReadFile(arguments_.svg), HasSubstr("<svg "));
  EXPECT_THAT(terminal_.shown, Not(HasSubstr("▀")));
}

TEST_F(RenewTest, SecretThatIsInForceIsShownAlthoughItsPictureCannotBeWritten) {
  daemon_.script.emplace_back("user.renew_2fa_secret", kEntry);
  arguments_.no_confirm = true;
  arguments_.png = "/nonexistent/qr.png";
  const auto result = Run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, ExitStatus::kFailed);
  EXPECT_EQ(result->json["changed"], true);
  EXPECT_THAT(result->json["error"].dump(), HasSubstr("/nonexistent/qr.png"));
  EXPECT_THAT(terminal_.shown, HasSubstr("GEZD GNBV GY3T QOJQ"));
}

TEST_F(RenewTest, PictureThatCannotBeWrittenIsNoFaultOfTheDaemonAndChangesNothing) {
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  arguments_.png = "/nonexistent/qr.png";
  const auto result = Run();
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kFailed);
  EXPECT_THAT(result.error().message(), HasSubstr("nothing was changed: write /nonexistent"));
}

TEST_F(RenewTest, UriThatFitsInNoPictureStillGivesTheSecret) {
  json entry = kEntry;
  entry["twofactor_config"]["provisioning_uri"] =
      "otpauth://totp/" + std::string(5000, 'x') + "?secret=GEZDGNBV";
  daemon_.script.emplace_back("user.start_2fa_enrollment", entry);
  EXPECT_FALSE(Run());
  EXPECT_THAT(terminal_.shown, HasSubstr("GEZD GNBV"));
}

TEST_F(RenewTest, NoConfirmPutsTheSecretIntoForceAtOnce) {
  daemon_.script.emplace_back("user.renew_2fa_secret", kEntry);
  arguments_.no_confirm = true;
  ASSERT_TRUE(Run());
  EXPECT_TRUE(terminal_.asked.empty());
}

TEST_F(RenewTest, DigitsAndIntervalAreSentAsNumbers) {
  arguments_.digits = "8";
  arguments_.interval = "60";
  arguments_.no_confirm = true;
  daemon_.script.emplace_back("user.renew_2fa_secret", kEntry);
  ASSERT_TRUE(Run());
  EXPECT_EQ(daemon_.calls[1], R"(user.renew_2fa_secret["alice",{"interval":60,"otp_digits":8}])");
}

TEST_F(RenewTest, LabelTypeAndAlgorithmAreSentAsTheApiWritesThem) {
  arguments_.label = "Key";
  arguments_.type = "hotp";
  arguments_.algorithm = "sha256";
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  daemon_.script.emplace_back("user.finish_2fa_enrollment", kEntry);
  terminal_.answers = {"123456"};
  ASSERT_TRUE(Run());
  EXPECT_EQ(
      daemon_.calls[1],
      R"(user.start_2fa_enrollment["alice",{"algorithm":"SHA256","label":"Key","type":"HOTP"}])");
}

TEST_F(RenewTest, TellsWhetherADeviceWasAddedOrRenewed) {
  struct Row {
    const char* label;
    json devices;
    bool added;
    const char* text;
  };
  const json one = {{{"id", 0}, {"label", "phone"}}};
  for (const Row& row :
       {Row{"", one, false, "no longer works"}, Row{"phone", one, false, "no longer works"},
        Row{"key", one, true, "This adds a device"},
        Row{"key", json::array(), true, "is now active.\n"},
        Row{"", json::array(), true, "is now active.\n"}}) {
    devices_["devices"] = row.devices;
    arguments_.label = row.label;
    daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
    daemon_.script.emplace_back("user.finish_2fa_enrollment", kEntry);
    terminal_.answers = {"123456"};
    const auto result = Run();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->json["added"], row.added);
    EXPECT_THAT(result->text, HasSubstr(row.text));
  }
}

TEST_F(RenewTest, WhoHasNoRecoveryCodesIsToldHowToMakeThem) {
  for (const auto& [left, hint] : {std::pair<json, bool>{nullptr, true}, {0, true}, {1, false}}) {
    devices_["recovery_codes_left"] = left;
    arguments_.no_confirm = true;
    daemon_.script.emplace_back("user.renew_2fa_secret", kEntry);
    const auto result = Run();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->json["recovery_codes_left"], left);
    EXPECT_EQ(result->text.find("twofactorctl recovery-codes") != std::string::npos, hint) << left;
  }
}

TEST_F(RenewTest, SecretThatCountsIsNotSaidToFollowTheTime) {
  json entry = kEntry;
  entry["twofactor_config"]["provisioning_uri"] =
      "otpauth://hotp/x:alice?secret=GEZDGNBV&counter=0";
  daemon_.script.emplace_back("user.start_2fa_enrollment", entry);
  daemon_.script.emplace_back("user.finish_2fa_enrollment", entry);
  terminal_.answers = {"123456"};
  ASSERT_TRUE(Run());
  EXPECT_THAT(terminal_.shown, HasSubstr("a new one each time it is asked"));
  EXPECT_THAT(terminal_.shown, Not(HasSubstr("seconds")));
}

TEST_F(RenewTest, WrongCurrentCodeEndsItBeforeAnythingIsShown) {
  daemon_.script.emplace_back("user.start_2fa_enrollment",
                              Fail(ErrorCode::kFactorRequired, "first"));
  daemon_.script.emplace_back("auth.login_ex_continue", json{{"response_type", "AUTH_ERR"}});
  terminal_.answers = {"111111"};
  const auto result = Run();
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kNotPermitted);
  EXPECT_EQ(terminal_.shown, "");
}

TEST_F(RenewTest, EndOfInputLeavesEverythingAsItWas) {
  daemon_.script.emplace_back("user.start_2fa_enrollment", kEntry);
  const auto result = Run();
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kNo);
  EXPECT_EQ(daemon_.calls.size(), 2U);
}

}  // namespace
}  // namespace twofactor
