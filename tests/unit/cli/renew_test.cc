#include <gtest/gtest.h>

#include "cli/commands/commands.h"
#include "tests/unit/cli/scripted.h"

namespace twofactor {
namespace {

using nlohmann::json;

const json kEntry = {{"twofactor_config",
                      {{"provisioning_uri",
                        "otpauth://totp/x:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=x"},
                       {"otp_digits", 6},
                       {"interval", 30}}}};

class RenewTest : public testing::Test {
 protected:
  RenewTest() { arguments_.operands = {"alice"}; }
  Result<CommandResult> Run() { return RunRenew(arguments_, daemon_, terminal_); }

  CliArguments arguments_;
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
  EXPECT_EQ(daemon_.calls[1],
            R"(auth.login_ex_continue[{"mechanism":"OTP_TOKEN","otp_token":"111111"}])");
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

TEST_F(RenewTest, DigitsThatAreNoNumberAreAUsageError) {
  arguments_.digits = "six";
  const auto result = Run();
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kUsage);
}

}  // namespace
}  // namespace twofactor
