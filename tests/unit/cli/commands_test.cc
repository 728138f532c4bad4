// status, verify, list, unset and config, with a daemon that follows a script.
#include "cli/commands/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/scripted.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const json kFactor = {{"secret_configured", true}, {"otp_digits", 8}, {"interval", 60}};
const json kListed = {{"devices",
                       {{{"id", 0},
                         {"label", "phone"},
                         {"type", "TOTP"},
                         {"algorithm", "SHA1"},
                         {"otp_digits", 8},
                         {"interval", 60}},
                        {{"id", 1},
                         {"label", "key"},
                         {"type", "HOTP"},
                         {"algorithm", "SHA1"},
                         {"otp_digits", 6},
                         {"interval", 30}}}},
                      {"recovery_codes_left", 3}};
const json kNoFactor = {{"secret_configured", false}};
const json kSettings = {{"enabled", true}, {"window", 1}, {"services", {{"ssh", true}}}};

class CommandsTest : public testing::Test {
 protected:
  using Command = Result<CommandResult> (*)(const CliArguments&, Connection&, Terminal&);

  Result<CommandResult> Run(Command command, std::vector<std::string> operands = {}) {
    arguments_.operands = std::move(operands);
    return command(arguments_, daemon_, terminal_);
  }
  void Answer(const std::string& method, Result<json> answer) {
    daemon_.script.emplace_back(method, std::move(answer));
  }

  CliArguments arguments_;
  ScriptedDaemon daemon_;
  ScriptedTerminal terminal_;
};

TEST_F(CommandsTest, StatusIsOfTheCallerIfNobodyIsNamed) {
  Answer("auth.me", json{{"pw_name", "bob"}});
  Answer("user.twofactor_config", kFactor);
  Answer("user.list_2fa_devices", kListed);
  const auto result = Run(RunStatus);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, ExitStatus::kOk);
  EXPECT_THAT(result->text, HasSubstr("bob has a second factor:\n"));
  EXPECT_THAT(result->text, HasSubstr("0   phone  TOTP  8       60 s "));
  EXPECT_THAT(result->text, HasSubstr("1   key    HOTP  6       - "));
  EXPECT_THAT(result->text, HasSubstr("Recovery codes left: 3\n"));
  EXPECT_EQ(result->json, (json{{"username", "bob"},
                                {"twofactor_config", kFactor},
                                {"devices", kListed["devices"]},
                                {"recovery_codes_left", 3}}));
  EXPECT_EQ(daemon_.calls[1], R"(user.twofactor_config["bob"])");
}

TEST_F(CommandsTest, StatusWithoutAFactorIsNoAndSaysHowToGetOne) {
  Answer("user.twofactor_config", kNoFactor);
  const auto result = Run(RunStatus, {"alice"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, ExitStatus::kNo);
  EXPECT_THAT(result->text, HasSubstr("twofactorctl renew"));
}

TEST_F(CommandsTest, CallerWithoutANameIsNoSuchUser) {
  Answer("auth.me", json{{"pw_name", nullptr}});
  const auto result = Run(RunStatus);
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kNoSuchUser);
}

TEST_F(CommandsTest, VerifyAsksForTheCodeAndTellsWhetherItIsRight) {
  for (const bool right : {true, false}) {
    Answer("user.verify_twofactor_token", right);
    terminal_.answers = {"123 456"};
    const auto result = Run(RunVerify, {"alice"});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->status, right ? ExitStatus::kOk : ExitStatus::kNo);
    EXPECT_EQ(result->json, (json{{"username", "alice"}, {"verified", right}}));
  }
  EXPECT_EQ(daemon_.calls[0], R"(user.verify_twofactor_token["alice","123 456"])");
}

TEST_F(CommandsTest, AnswerThatIsNoClearYesIsANo) {
  for (const json& answer : {json("true"), json(1), json(nullptr), json{{"ok", true}}}) {
    Answer("user.verify_twofactor_token", answer);
    terminal_.answers = {"123456"};
    EXPECT_EQ(Run(RunVerify, {"alice"})->status, ExitStatus::kNo) << answer;
  }
}

TEST_F(CommandsTest, VerifyWithoutACodeAsksNothingOfTheDaemon) {
  const auto result = Run(RunVerify, {"alice"});
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kUsage);
  EXPECT_TRUE(daemon_.calls.empty());
}

// The configuration of a user's first device, as user.query has it: of a counter, too, it has an
// interval.
json ListedUser(const char* name, int uid) {
  return {{"username", name},
          {"uid", uid},
          {"twofactor_config", {{"otp_digits", 8}, {"interval", 60}}}};
}

json DevicesOfType(const char* type) {
  return {{"devices", json::array({json{{"id", 0}, {"type", type}}, json{{"id", 1}}})}};
}

TEST_F(CommandsTest, ListIsALineForEachUserAndACounterHasNoInterval) {
  const json users =
      json::array({ListedUser("alice", 1000), ListedUser("bob", 1001), ListedUser("carol", 1002)});
  Answer("user.query", users);
  Answer("user.list_2fa_devices", DevicesOfType("TOTP"));
  Answer("user.list_2fa_devices", DevicesOfType("HOTP"));
  Answer("user.list_2fa_devices", Fail(ErrorCode::kExhausted, "too many calls"));
  Answer("user.list_2fa_bypasses", Fail(ErrorCode::kNotPermitted, "not for you"));
  const auto result = Run(RunList);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->text,
            "alice (uid 1000): 8 digits, 60 s\nbob (uid 1001): 8 digits, HOTP\n"
            "carol (uid 1002): 8 digits\n");
  EXPECT_EQ(daemon_.calls.at(2), R"(user.list_2fa_devices["bob"])");
}

TEST_F(CommandsTest, ListAsJsonHasItsFieldsAndAsksForNothingElse) {
  const json users = json::array({ListedUser("alice", 1000), ListedUser("bob", 1001)});
  arguments_.json = true;
  Answer("user.query", users);
  Answer("user.list_2fa_bypasses", json::array());
  const auto result = Run(RunList);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->json, (json{{"users", users}, {"bypasses", json::array()}}));
}

TEST_F(CommandsTest, NameThatCanHaveNoFactorIsRefusedWithTheReasonByEveryCommand) {
  for (const std::string& name : {std::string(113, 'a'), std::string("CORP/alice")}) {
    for (const Command command :
         {RunStatus, RunVerify, RunUnset, RunUnlock, RunDevices, RunRecoveryCodes, RunRenew}) {
      const auto result = Run(command, {name});
      ASSERT_FALSE(result) << name;
      EXPECT_EQ(StatusOf(result.error()), ExitStatus::kUsage);
      EXPECT_THAT(result.error().message(), HasSubstr("1 to 112 bytes"));
    }
    arguments_.end = true;
    EXPECT_THAT(Run(RunBypass, {name}).error().message(), HasSubstr("'/'"));
    arguments_.end = false;
    EXPECT_THAT(Run(RunRenameUser, {"alice", name}).error().message(), HasSubstr("'/'"));
  }
  EXPECT_TRUE(daemon_.calls.empty());
}

TEST_F(CommandsTest, ListOfNobodyAndOfAnOddAnswerIsEmpty) {
  for (const json& users : {json::array(), json(nullptr), json(7)}) {
    Answer("user.query", users);
    Answer("user.list_2fa_bypasses", json::array());
    const auto result = Run(RunList);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->text, "Nobody has a second factor.\n");
    EXPECT_EQ(result->json["users"], json::array());
  }
}

TEST_F(CommandsTest, ListOfAnOrdinaryUserSaysThatItIsOfThemAlone) {
  for (const json& users :
       {json::array(),
        json::array({{{"username", "alice"}, {"uid", 1000}, {"twofactor_config", kFactor}}})}) {
    Answer("user.query", users);
    if (!users.empty()) {
      Answer("user.list_2fa_devices", DevicesOfType("TOTP"));
    }
    Answer("user.list_2fa_bypasses", Fail(ErrorCode::kNotPermitted, "not for you"));
    const auto result = Run(RunList);
    ASSERT_TRUE(result);
    EXPECT_THAT(result->text, HasSubstr("Only administrators see other users"));
    EXPECT_THAT(result->text, Not(HasSubstr("Nobody")));
  }
}

TEST_F(CommandsTest, RecoveryCodesThatCannotBeShownAreNotMade) {
  terminal_.writable = false;
  const auto result = Run(RunRecoveryCodes, {"alice"});
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kFailed);
  EXPECT_TRUE(daemon_.calls.empty());
}

TEST_F(CommandsTest, UnsetAsksFirstAndYesAloneIsAYes) {
  for (const auto& [answer, done] :
       {std::pair{"yes", true}, std::pair{"y", false}, std::pair{"", false}}) {
    Answer("user.twofactor_config", kFactor);
    if (done) {
      Answer("user.unset_2fa_secret", nullptr);
    }
    terminal_.answers = {answer};
    EXPECT_EQ(Run(RunUnset, {"alice"}).has_value(), done) << answer;
  }
  EXPECT_THAT(terminal_.asked[0], HasSubstr("alice"));
}

TEST_F(CommandsTest, UnsetWithYesAsksNobodyAndWithoutAPersonChangesNothing) {
  terminal_.interactive = false;
  Answer("user.twofactor_config", kFactor);
  const auto refused = Run(RunUnset, {"alice"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(StatusOf(refused.error()), ExitStatus::kNo);
  arguments_.yes = true;
  Answer("user.twofactor_config", kFactor);
  Answer("user.unset_2fa_secret", nullptr);
  EXPECT_EQ(Run(RunUnset, {"alice"})->json, (json{{"changed", true}, {"username", "alice"}}));
  EXPECT_TRUE(terminal_.asked.empty());
}

TEST_F(CommandsTest, UnsetOfWhoHasNoFactorChangesNothing) {
  Answer("user.twofactor_config", kNoFactor);
  const auto result = Run(RunUnset, {"alice"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, ExitStatus::kOk);
  EXPECT_EQ(result->json["changed"], false);
}

TEST_F(CommandsTest, FactorOfAUserWhomTheSystemNoLongerKnowsCanBeUnset) {
  arguments_.yes = true;
  Answer("user.twofactor_config", Fail(ErrorCode::kNoSuchUser, "no such user"));
  Answer("user.unset_2fa_secret", nullptr);
  EXPECT_TRUE(Run(RunUnset, {"gone"}));
}

TEST_F(CommandsTest, ConfigShowsTheSettings) {
  Answer("auth.twofactor.config", kSettings);
  const auto result = Run(RunConfig);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->text, "enabled: true\nssh: true\nwindow: 1\n");
  EXPECT_EQ(result->json, kSettings);
}

TEST_F(CommandsTest, ConfigSetSendsWhatIsToBeChangedAlone) {
  struct Row {
    const char* key;
    const char* value;
    const char* call;
  };
  for (const Row& row : {Row{"enabled", "false", R"([{"enabled":false}])"},
                         Row{"ssh", "true", R"([{"services":{"ssh":true}}])"},
                         Row{"window", "0", R"([{"window":0}])"}}) {
    Answer("auth.twofactor.config", kSettings);
    Answer("auth.twofactor.update", kSettings);
    const auto result = Run(RunConfig, {"set", row.key, row.value});
    ASSERT_TRUE(result) << row.key;
    EXPECT_EQ(result->json["changed"], false);
    EXPECT_EQ(daemon_.calls.back(), std::string("auth.twofactor.update") + row.call);
  }
}

TEST_F(CommandsTest, ConfigTellsThatItChangedSomething) {
  json after = kSettings;
  after["window"] = 3;
  Answer("auth.twofactor.config", kSettings);
  Answer("auth.twofactor.update", after);
  EXPECT_EQ(Run(RunConfig, {"set", "window", "3"})->json["changed"], true);
}

TEST_F(CommandsTest, WrongWordsOfConfigAreAUsageErrorBeforeAnythingIsAsked) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"get"},
                                             {"set"},
                                             {"set", "enabled"},
                                             {"set", "enabled", "TRUE"},
                                             {"set", "window", ""},
                                             {"set", "window", "1x"},
                                             {"set", "colour", "true"}}) {
    const auto result = Run(RunConfig, words);
    ASSERT_FALSE(result) << testing::PrintToString(words);
    EXPECT_EQ(StatusOf(result.error()), ExitStatus::kUsage);
  }
  EXPECT_TRUE(daemon_.calls.empty());
}

TEST_F(CommandsTest, ErrorsOfTheDaemonAreTheCommands) {
  Answer("user.twofactor_config", Fail(ErrorCode::kRateLimited, "wait"));
  EXPECT_EQ(StatusOf(Run(RunStatus, {"a"}).error()), ExitStatus::kTryLater);
  Answer("user.query", Fail(ErrorCode::kCorrupt, "garbage"));
  EXPECT_EQ(StatusOf(Run(RunList).error()), ExitStatus::kFailed);
  Answer("auth.twofactor.config", Fail(ErrorCode::kUnavailable, "gone"));
  EXPECT_EQ(StatusOf(Run(RunConfig).error()), ExitStatus::kUnreachable);
  Answer("user.twofactor_config", Fail(ErrorCode::kNotPermitted, "no"));
  EXPECT_EQ(StatusOf(Run(RunUnset, {"a"}).error()), ExitStatus::kNotPermitted);
}

}  // namespace
}  // namespace twofactor
