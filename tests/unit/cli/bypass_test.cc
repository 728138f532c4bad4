// bypass, and where else a bypass is told, with a daemon that follows a script.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "cli/commands/commands.h"
#include "cli/doctor/checks.h"
#include "cli/duration.h"
#include "tests/unit/cli/scripted.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// Noon of the 29th of February 2024, UTC.
const json kBypass = {{"username", "alice"},   {"uid", 1000}, {"since", 1709204400},
                      {"until", 1709208000},   {"by_uid", 0}, {"by", "root"},
                      {"reason", "lost phone"}};
constexpr const char* kText =
    "alice may log in without a code until 2024-02-29 12:00, granted by root (lost phone).";

class BypassCommandTest : public testing::Test {
 protected:
  BypassCommandTest() {
    setenv("TZ", "UTC", 1);
    tzset();
  }
  Result<CommandResult> Run(std::vector<std::string> operands) {
    arguments_.operands = std::move(operands);
    return RunBypass(arguments_, daemon_, terminal_);
  }
  void Answer(const std::string& method, Result<json> answer) {
    daemon_.script.emplace_back(method, std::move(answer));
  }

  CliArguments arguments_;
  ScriptedDaemon daemon_;
  ScriptedTerminal terminal_;
};

TEST_F(BypassCommandTest, ForAsksTheDaemonAndTellsUntilWhenAndWhatItOpens) {
  arguments_.lasts = "2h30m";
  arguments_.reason = "lost phone";
  Answer("user.set_2fa_bypass", kBypass);
  const auto result = Run({"alice"});
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_EQ(daemon_.calls[0],
            R"(user.set_2fa_bypass["alice",{"reason":"lost phone","seconds":9000}])");
  EXPECT_THAT(result->text, HasSubstr(kText));
  EXPECT_THAT(result->text, HasSubstr("twofactorctl bypass alice --end"));
  EXPECT_EQ(result->json, (json{{"changed", true}, {"username", "alice"}, {"bypass", kBypass}}));
}

TEST_F(BypassCommandTest, EndTellsWhetherThereWasOne) {
  arguments_.end = true;
  for (const bool was_on : {true, false}) {
    Answer("user.end_2fa_bypass", was_on);
    const auto result = Run({"alice"});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->json, (json{{"changed", was_on}, {"username", "alice"}}));
  }
}

TEST_F(BypassCommandTest, ListIsALineForEach) {
  arguments_.list = true;
  Answer("user.list_2fa_bypasses", json::array({kBypass}));
  EXPECT_EQ(Run({})->text, std::string(kText) + "\n");
  Answer("user.list_2fa_bypasses", json::array());
  EXPECT_EQ(Run({})->text, "Nobody has a bypass.\n");
}

TEST_F(BypassCommandTest, StatusTellsOfIt) {
  Answer("user.twofactor_config", json{{"secret_configured", true}});
  Answer("user.list_2fa_devices",
         json{{"devices", json::array()}, {"recovery_codes_left", nullptr}, {"bypass", kBypass}});
  arguments_.operands = {"alice"};
  EXPECT_THAT(RunStatus(arguments_, daemon_, terminal_)->text, HasSubstr(kText));
}

TEST_F(BypassCommandTest, DoctorWarnsOfEach) {
  Answer("user.list_2fa_bypasses", json::array({kBypass}));
  const Findings findings = CheckBypasses(daemon_);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].level, Finding::Level::kWarning);
  EXPECT_THAT(findings[0].text, HasSubstr(kText));
  EXPECT_EQ(findings[0].advice, "twofactorctl bypass alice --end");
}

TEST(DurationTest, HoursMinutesAndSecondsInThisOrder) {
  for (const auto& [text, seconds] :
       {std::pair{"30m", 1800}, {"1h", 3600}, {"2h30m", 9000}, {"90s", 90}, {"1h1m1s", 3661}}) {
    EXPECT_EQ(ParseDuration(text).value().count(), seconds) << text;
  }
  for (const char* text : {"", "0m", "1", "h", "30m1h", "1h1h", "-1h", "1.5h", "1 h", "1d", "1h ",
                           "99999999999999999999h", "9000h"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
}

}  // namespace
}  // namespace twofactor
