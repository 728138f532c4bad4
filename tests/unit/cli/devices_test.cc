// devices, rename-device, remove-device, resync, recovery-codes and unlock, with a daemon that
// follows a script.
#include "cli/devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <clocale>
#include <cstdlib>

#include "cli/commands/commands.h"
#include "tests/unit/cli/scripted.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

// Noon in UTC.
constexpr std::int64_t kLeapDay = 1709208000;

json Device(int id, const std::string& label, const std::string& type = "TOTP") {
  return {{"id", id},        {"label", label}, {"type", type},        {"algorithm", "SHA1"},
          {"otp_digits", 6}, {"interval", 30}, {"created", kLeapDay}, {"failures", 0},
          {"wait", 0}};
}

json Listed(const json& devices, const json& left = nullptr) {
  return {{"devices", devices}, {"recovery_codes_left", left}};
}

const json kTwo = Listed({Device(0, "phone"), Device(2, "key", "HOTP")}, 9);
const json kOne = Listed(json::array({Device(0, "phone")}), 9);

class DevicesTest : public testing::Test {
 protected:
  using Command = Result<CommandResult> (*)(const CliArguments&, Connection&, Terminal&);

  Result<CommandResult> Run(Command command, std::vector<std::string> operands = {}) {
    arguments_.operands = std::move(operands);
    return command(arguments_, daemon_, terminal_);
  }
  void Answer(const std::string& method, Result<json> answer) {
    daemon_.script.emplace_back(method, std::move(answer));
  }
  void List(const json& listed) { Answer("user.list_2fa_devices", listed); }

  CliArguments arguments_;
  ScriptedDaemon daemon_;
  ScriptedTerminal terminal_;
};

TEST_F(DevicesTest, DevicesAreATableThatSaysEverythingOfEach) {
  json other = Device(2, "", "HOTP");
  other.update({{"algorithm", "SHA256"}, {"otp_digits", 8}, {"failures", 6}, {"wait", 30}});
  List(Listed({Device(0, "phone"), other}, 9));
  const auto result = Run(RunDevices, {"alice"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, ExitStatus::kOk);
  EXPECT_EQ(result->text,
            "ID  LABEL  TYPE         DIGITS  INTERVAL  CREATED     WRONG CODES\n"
            "0   phone  TOTP         6       30 s      2024-02-29  0\n"
            "2          HOTP SHA256  8       -         2024-02-29  6, wait 30 s\n"
            "Recovery codes left: 9\n");
  EXPECT_EQ(result->json["username"], "alice");
  EXPECT_EQ(result->json["devices"].size(), 2U);
  EXPECT_EQ(result->json["recovery_codes_left"], 9);
}

TEST_F(DevicesTest, WithoutRecoveryCodesItSaysHowToMakeThem) {
  List(Listed(json::array({Device(0, "")})));
  EXPECT_THAT(Run(RunDevices, {"alice"})->text, HasSubstr("'twofactorctl recovery-codes'"));
}

TEST_F(DevicesTest, NoDeviceIsANo) {
  List(Listed(json::array()));
  const auto result = Run(RunDevices, {"alice"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, ExitStatus::kNo);
  EXPECT_THAT(result->text, HasSubstr("twofactorctl renew"));
}

TEST_F(DevicesTest, OddAnswersAreNoCrash) {
  for (const json& odd :
       {json(nullptr), json(7), json::array({1}), json{{"devices", {1, "x"}}},
        json{{"devices", {{{"id", "x"}, {"label", 5}}}}, {"recovery_codes_left", "many"}}}) {
    List(odd);
    EXPECT_TRUE(Run(RunDevices, {"alice"})) << odd;
  }
}

TEST_F(DevicesTest, LabelCannotSpeakToTheTerminal) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  // An escape sequence in its short form (CSI), a direction that turns the line round, no UTF-8.
  List(Listed(json::array({Device(0,
                                  "a\xc2\x9b"
                                  "31m\xe2\x80\xae"
                                  "\xff"
                                  "b")})));
  const auto result = Run(RunDevices, {"alice"});
  ASSERT_TRUE(result);
  EXPECT_THAT(result->text, HasSubstr("a?31m"));
  EXPECT_THAT(result->text, Not(HasSubstr("\xc2\x9b")));
  EXPECT_THAT(result->text, Not(HasSubstr("\xff")));
  std::setlocale(LC_CTYPE, "C");
}

TEST_F(DevicesTest, ColumnsStandUnderEachOtherAlsoWithLettersOfSeveralBytes) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  List(Listed({Device(0, "Schlüssel"), Device(1, "電話")}));
  EXPECT_THAT(Run(RunDevices, {"alice"})->text,
              HasSubstr("ID  LABEL      TYPE  DIGITS  INTERVAL  CREATED     WRONG CODES\n"
                        "0   Schlüssel  TOTP  6       30 s      2024-02-29  0\n"
                        "1   電話       TOTP  6       30 s      2024-02-29  0\n"));
  std::setlocale(LC_CTYPE, "C");
}

TEST(DeviceOperandsTest, OneWordOfDigitsIsAnIdAndOfTwoTheFirstIsTheUser) {
  struct Row {
    std::vector<std::string> words;
    std::vector<std::string> user;
    std::optional<int> id;
  };
  for (const Row& row :
       {Row{{}, {}, std::nullopt}, Row{{"15"}, {}, 15}, Row{{"alice"}, {"alice"}, std::nullopt},
        Row{{"alice", "0"}, {"alice"}, 0}, Row{{"1000", "3"}, {"1000"}, 3}}) {
    const auto parsed = ParseDeviceOperands(row.words);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->user, row.user);
    EXPECT_EQ(parsed->id, row.id);
  }
}

TEST(DeviceOperandsTest, WhatIsNoIdIsRefused) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"16"},
                                             {"99999999999999999999"},
                                             {"alice", "16"},
                                             {"alice", "-1"},
                                             {"alice", "phone"},
                                             {"alice", ""},
                                             {"3", "alice"}}) {
    const auto parsed = ParseDeviceOperands(words);
    ASSERT_FALSE(parsed) << testing::PrintToString(words);
    EXPECT_EQ(StatusOf(parsed.error()), ExitStatus::kUsage);
  }
}

TEST_F(DevicesTest, RenameGivesALabel) {
  List(kTwo);
  Answer("user.rename_2fa_device", nullptr);
  const auto result = Run(RunRenameDevice, {"alice", "2", "old key"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->json,
            (json{{"changed", true}, {"username", "alice"}, {"id", 2}, {"label", "old key"}}));
  EXPECT_EQ(daemon_.calls[1], R"(user.rename_2fa_device["alice",2,"old key"])");
}

TEST_F(DevicesTest, RenameOfOnesOwnNeedsNoUserAndAStepUp) {
  Answer("auth.me", json{{"pw_name", "bob"}});
  List(kTwo);
  Answer("user.rename_2fa_device", Fail(ErrorCode::kFactorRequired, "first"));
  Answer("auth.login_ex_continue", json{{"response_type", "SUCCESS"}});
  Answer("user.rename_2fa_device", nullptr);
  terminal_.answers = {"abcd-efgh-jkmn"};
  const auto result = Run(RunRenameDevice, {"0", "5"});
  ASSERT_TRUE(result);
  EXPECT_EQ(daemon_.calls[3],
            R"(auth.login_ex_continue[{"mechanism":"OTP_TOKEN","otp_token":"abcd-efgh-jkmn"}])");
  EXPECT_EQ(daemon_.calls[4], R"(user.rename_2fa_device["bob",0,"5"])");
  EXPECT_THAT(terminal_.asked[0], HasSubstr("recovery code"));
}

TEST_F(DevicesTest, RenameToTheLabelThatItHasChangesNothing) {
  List(kTwo);
  const auto result = Run(RunRenameDevice, {"alice", "2", "key"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, ExitStatus::kOk);
  EXPECT_EQ(result->json["changed"], false);
}

TEST_F(DevicesTest, RenameOfNoIdOrToNothingIsAUsageError) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"alice", "phone"}, {"0", ""}, {"alice", "0", ""}, {"alice", "x", "phone"}, {"0"}}) {
    const auto result = Run(RunRenameDevice, words);
    ASSERT_FALSE(result) << testing::PrintToString(words);
    EXPECT_EQ(StatusOf(result.error()), ExitStatus::kUsage);
  }
  EXPECT_TRUE(daemon_.calls.empty());
}

TEST_F(DevicesTest, RemoveAsksFirstAndNamesTheDevice) {
  for (const auto& [answer, done] :
       {std::pair{"yes", true}, std::pair{"y", false}, std::pair{"", false}}) {
    List(kTwo);
    if (done) {
      Answer("user.remove_2fa_device", nullptr);
    }
    terminal_.answers = {answer};
    const auto result = Run(RunRemoveDevice, {"alice", "2"});
    EXPECT_EQ(result.has_value(), done) << answer;
  }
  EXPECT_THAT(terminal_.asked, Each(HasSubstr("device 2 (key) of alice")));
}

TEST_F(DevicesTest, RemoveWithYesAsksNobodyAndWithoutAPersonChangesNothing) {
  terminal_.interactive = false;
  List(kTwo);
  const auto refused = Run(RunRemoveDevice, {"alice", "2"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(StatusOf(refused.error()), ExitStatus::kNo);
  arguments_.yes = true;
  List(kTwo);
  Answer("user.remove_2fa_device", nullptr);
  EXPECT_EQ(Run(RunRemoveDevice, {"alice", "2"})->json,
            (json{{"changed", true}, {"username", "alice"}, {"id", 2}}));
  EXPECT_TRUE(terminal_.asked.empty());
}

TEST_F(DevicesTest, RemoveOfWhatIsNotThereChangesNothing) {
  List(kTwo);
  const auto result = Run(RunRemoveDevice, {"alice", "1"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, ExitStatus::kOk);
  EXPECT_EQ(result->json["changed"], false);
}

TEST_F(DevicesTest, RemoveWithoutAnIdIsAUsageError) {
  const auto result = Run(RunRemoveDevice, {"alice"});
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kUsage);
  EXPECT_TRUE(daemon_.calls.empty());
}

TEST_F(DevicesTest, WrongCodeAtTheStepUpRemovesNothing) {
  arguments_.yes = true;
  List(kTwo);
  Answer("user.remove_2fa_device", Fail(ErrorCode::kFactorRequired, "first"));
  Answer("auth.login_ex_continue", json{{"response_type", "AUTH_ERR"}});
  terminal_.answers = {"000000"};
  const auto result = Run(RunRemoveDevice, {"alice", "2"});
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kNotPermitted);
}

TEST_F(DevicesTest, ResyncOfTheOnlyDeviceNeedsNoIdAndExplainsTheWait) {
  List(kOne);
  Answer("user.resync_2fa_device", nullptr);
  terminal_.answers = {"111111", "222222"};
  const auto result = Run(RunResync, {"alice"});
  ASSERT_TRUE(result);
  EXPECT_EQ(daemon_.calls[1], R"(user.resync_2fa_device["alice",0,"111111","222222"])");
  EXPECT_THAT(terminal_.shown, HasSubstr("wait until it shows the next one, for up to 30 seconds"));
  EXPECT_EQ(result->json, (json{{"changed", true}, {"username", "alice"}, {"id", 0}}));
}

TEST_F(DevicesTest, ResyncOfACounterNeedsNoWait) {
  List(kTwo);
  Answer("user.resync_2fa_device", nullptr);
  terminal_.answers = {"111111", "222222"};
  ASSERT_TRUE(Run(RunResync, {"alice", "2"}));
  EXPECT_THAT(terminal_.shown, HasSubstr("device 2 (key)"));
  EXPECT_THAT(terminal_.shown, Not(HasSubstr("wait")));
}

TEST_F(DevicesTest, ResyncOfSeveralDevicesWantsAnIdBeforeItAsksForCodes) {
  List(kTwo);
  const auto result = Run(RunResync, {"alice"});
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kUsage);
  EXPECT_THAT(result.error().message(), HasSubstr("twofactorctl devices"));
  EXPECT_TRUE(terminal_.asked.empty());
}

TEST_F(DevicesTest, ResyncOfWhatIsNotThereIsANo) {
  List(kTwo);
  EXPECT_EQ(StatusOf(Run(RunResync, {"alice", "1"}).error()), ExitStatus::kNo);
  List(Listed(json::array()));
  EXPECT_EQ(StatusOf(Run(RunResync, {"alice"}).error()), ExitStatus::kNo);
}

TEST_F(DevicesTest, ResyncWithOneCodeChangesNothing) {
  List(kOne);
  terminal_.answers = {"111111"};
  const auto result = Run(RunResync, {"alice"});
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kUsage);
  EXPECT_EQ(daemon_.calls.size(), 1U);
}

TEST_F(DevicesTest, RecoveryCodesAreALineEach) {
  Answer("user.renew_recovery_codes",
         json{{"recovery_codes", {"abcd-efgh-jkmn", "pqrs-tuvw-xyz2"}}});
  const auto result = Run(RunRecoveryCodes, {"alice"});
  ASSERT_TRUE(result);
  EXPECT_THAT(result->text, HasSubstr("\n  abcd-efgh-jkmn\n  pqrs-tuvw-xyz2\n"));
  EXPECT_THAT(result->text, HasSubstr("Older recovery codes no longer work"));
  EXPECT_EQ(result->json["recovery_codes"], (json{"abcd-efgh-jkmn", "pqrs-tuvw-xyz2"}));
  EXPECT_EQ(result->json["changed"], true);
  // With --json, they are in the JSON alone.
  EXPECT_EQ(terminal_.shown, "");
}

TEST_F(DevicesTest, UnlockTellsWhetherThereWasAnythingToForget) {
  for (const bool any : {true, false}) {
    Answer("user.clear_2fa_throttle", any);
    const auto result = Run(RunUnlock, {"alice"});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->status, ExitStatus::kOk);
    EXPECT_EQ(result->json, (json{{"changed", any}, {"username", "alice"}}));
  }
}

}  // namespace
}  // namespace twofactor
