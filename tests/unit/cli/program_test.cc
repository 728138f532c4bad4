// The built twofactorctl: what it takes, prints and ends with, as twofactorctl(1) says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>

#include "cli/command_table.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/cli/program.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const json kFactor = {{"secret_configured", true}, {"otp_digits", 6}, {"interval", 30}};
const json kNoFactor = {{"secret_configured", false}};
const json kEntry = {
    {"username", "alice"},
    {"twofactor_config",
     {{"provisioning_uri", "otpauth://totp/x:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"},
      {"otp_digits", 6},
      {"interval", 30}}}};

const json kListed = {{"devices", {{{"id", 0}, {"label", "phone"}}}}, {"recovery_codes_left", 9}};

json Result(const json& value) { return {{"result", value}}; }

// One way to call each command.
const std::vector<std::vector<std::string>> kEveryCommand = {
    {"renew", "alice"},
    {"renew", "--no-confirm", "alice"},
    {"status", "alice"},
    {"verify", "alice"},
    {"list"},
    {"unset", "--yes", "alice"},
    {"unlock", "alice"},
    {"accept-time"},
    {"bypass", "alice", "--for", "1h"},
    {"bypass", "alice", "--end"},
    {"bypass", "--list"},
    {"recovery-codes", "alice"},
    {"devices", "alice"},
    {"rename-device", "alice", "0", "x"},
    {"remove-device", "--yes", "alice", "0"},
    {"resync", "alice", "0"},
    {"config"},
    {"config", "set", "window", "2"}};

std::vector<Option> EveryOption() {
  std::map<std::string_view, Option> every;
  for (const Command& command : AllCommands()) {
    for (const Option& option : OptionsOf(&command)) {
      every.emplace(option.name(), option);
    }
  }
  std::vector<Option> options;
  for (const auto& [name, option] : every) {
    options.push_back(option);
  }
  return options;
}

std::vector<std::string> CallWith(const Command& command, const Option& option) {
  std::vector<std::string> call = {"--run-dir", "/nonexistent", std::string(command.name)};
  call.insert(call.end(), std::max<std::size_t>(command.least(), command.operands.empty() ? 0 : 1),
              "/nonexistent/x");
  call.emplace_back(option.name());
  if (!option.value().empty()) {
    call.push_back(option.choices().empty() ? "x" : option.choices()[0]);
  }
  return call;
}

TEST(ProgramTest, DoneOrYesIsZero) {
  EXPECT_EQ(RunAgainst({{"user.twofactor_config", Result(kFactor)},
                        {"user.list_2fa_devices", Result(kListed)}},
                       {"status", "alice"})
                .status,
            0);
  EXPECT_EQ(
      RunAgainst({{"user.verify_twofactor_token", Result(true)}}, {"verify", "alice"}, "123456\n")
          .status,
      0);
  EXPECT_EQ(RunAgainst({{"user.query", Result(json::array())}}, {"list"}).status, 0);
}

TEST(ProgramTest, NoIsOne) {
  EXPECT_EQ(RunAgainst({{"user.twofactor_config", Result(kNoFactor)}}, {"status", "alice"}).status,
            1);
  EXPECT_EQ(
      RunAgainst({{"user.verify_twofactor_token", Result(false)}}, {"verify", "alice"}, "123456\n")
          .status,
      1);
  // Nobody is there to say yes.
  EXPECT_EQ(
      RunAgainst({{"user.twofactor_config", Result(kFactor)}}, {"unset", "alice"}, "yes\n").status,
      1);
  EXPECT_EQ(RunAgainst({{"user.list_2fa_devices", Result(kListed)},
                        {"user.start_2fa_enrollment", Result(kEntry)},
                        {"user.finish_2fa_enrollment", ErrorAnswer(EINVAL, "wrong")}},
                       {"renew", "alice"}, "1\n2\n3\n")
                .status,
            1);
}

TEST(ProgramTest, WrongArgumentsAreTwoAndNothingIsAskedOfTheDaemon) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"frobnicate"},
                                             {"--frobnicate"},
                                             {"status", "--digits"},
                                             {"unset"},
                                             {"list", "alice"},
                                             {"doctor", "x"},
                                             {"status", "a", "b"},
                                             {"config", "frob"},
                                             {"config", "set", "window"},
                                             {"config", "set", "window", "two"},
                                             {"config", "set", "enabled", "yes"},
                                             {"import"},
                                             {"import", "a", "b"},
                                             {"import", "/nonexistent"},
                                             {"import", "--format", "oath", "-"},
                                             {"unlock"},
                                             {"accept-time", "alice"},
                                             {"bypass"},
                                             {"bypass", "alice"},
                                             {"bypass", "--list", "alice"},
                                             {"bypass", "--end"},
                                             {"bypass", "alice", "--end", "--for", "1h"},
                                             {"bypass", "alice", "--for", "an hour"},
                                             {"bypass", "alice", "--for", "0m"},
                                             {"devices", "a", "b"},
                                             {"recovery-codes", "a", "b"},
                                             {"rename-device", "0"},
                                             {"rename-device", "alice", "phone"},
                                             {"rename-device", "0", ""},
                                             {"remove-device"},
                                             {"remove-device", "alice"},
                                             {"remove-device", "16"},
                                             {"resync", "alice", "phone"},
                                             {"renew", "--type", "otp"},
                                             {"renew", "--algorithm", "md5"},
                                             {"renew", "--digits", "six"},
                                             {"renew", "--interval", "30s"}}) {
    std::vector<std::string> call = {"--run-dir", "/nonexistent"};
    call.insert(call.end(), words.begin(), words.end());
    const ProgramRun run = RunProgram(call);
    EXPECT_EQ(run.status, 2) << testing::PrintToString(words);
    EXPECT_EQ(run.out, "") << testing::PrintToString(words);
    EXPECT_NE(run.err, "") << testing::PrintToString(words);
    call.insert(call.begin(), "--json");
    const ProgramRun with_json = RunProgram(call);
    EXPECT_EQ(with_json.status, 2) << testing::PrintToString(words);
    EXPECT_TRUE(with_json.Json()["error"].is_string()) << with_json.out;
  }
}

// Each option of the table with each command that does not take it. A call of the daemon would end
// with 3.
TEST(ProgramTest, OptionOfAnotherCommandIsTwoAndHasNoEffect) {
  for (const Command& command : AllCommands()) {
    const std::vector<Option> own = OptionsOf(&command);
    for (const Option& option : EveryOption()) {
      if (std::any_of(own.begin(), own.end(),
                      [&option](const Option& one) { return one.name() == option.name(); })) {
        continue;
      }
      const ProgramRun run = RunProgram(CallWith(command, option), "123456\n123456\n");
      EXPECT_EQ(run.status, 2) << command.name << " " << option.name();
      EXPECT_EQ(run.out, "");
      EXPECT_THAT(run.err, HasSubstr(std::string(option.name()) + " is not an option of '" +
                                     std::string(command.name) + "'"));
    }
  }
}

TEST(ProgramTest, FactorStaysWhereAnOptionIsNotTheCommands) {
  const ProgramRun run = RunAgainst(
      {{"user.twofactor_config", Result(kFactor)}, {"user.unset_2fa_secret", Result(nullptr)}},
      {"--json", "unset", "root", "--yes", "--dry-run"});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.Json(),
            (json{{"changed", false}, {"error", "--dry-run is not an option of 'unset'"}}));
}

TEST(ProgramTest, HelpOfACommandIsTheSameHoweverItIsAskedFor) {
  const ProgramRun run = RunProgram({"renew", "--help"});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.out, HasSubstr("--digits 6|7|8"));
  EXPECT_EQ(RunProgram({"help", "renew"}).out, run.out);
  EXPECT_EQ(RunProgram({"--json", "help", "renew"}).Json()["help"], run.out);
  EXPECT_EQ(RunProgram({"help", "renwe"}).status, 2);
}

TEST(ProgramTest, ValuesThatTheDaemonDoesNotTakeAreWrongArguments) {
  const json fault{{"error",
                    {{"code", -32602},
                     {"message", "Invalid params"},
                     {"data",
                      {{"error", EINVAL},
                       {"reason", "[EINVAL] window: at most 10"},
                       {"extra", {{"window", "at most 10", EINVAL}}}}}}}};
  const ProgramRun run = RunAgainst(
      {{"auth.twofactor.config", Result(json::object())}, {"auth.twofactor.update", fault}},
      {"config", "set", "window", "11"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err, HasSubstr("at most 10"));
}

TEST(ProgramTest, EachRefusalOfTheDaemonHasItsStatus) {
  struct Row {
    json answer;
    int status;
  };
  for (const Row& row : {Row{ErrorAnswer(EPERM, "[EPERM] may not"), 4},
                         Row{ErrorAnswer(EACCES, "[EACCES] a code first"), 4},
                         Row{ErrorAnswer(ENOENT, "[ENOENT] no such user"), 5},
                         Row{ErrorAnswer(EAGAIN, "[EAGAIN] wait 5 seconds"), 6},
                         Row{json{{"error", {{"code", -32000}, {"message", "Too many"}}}}, 6},
                         Row{ErrorAnswer(ETIMEDOUT, "[ETIMEDOUT] no answer"), 3},
                         Row{ErrorAnswer(EINVAL, "[EINVAL] not now"), 1},
                         Row{ErrorAnswer(EFAULT, "[EFAULT] broken"), 7},
                         Row{json{{"error", {{"code", -32601}, {"message", "unknown"}}}}, 7},
                         Row{json{{"neither", 1}}, 7}}) {
    EXPECT_EQ(RunAgainst({{"user.twofactor_config", row.answer}}, {"status", "alice"}).status,
              row.status)
        << row.answer;
  }
}

TEST(ProgramTest, EveryCommandWithoutADaemonIsThreeAndSaysHowToStartIt) {
  for (const auto& words : kEveryCommand) {
    std::vector<std::string> call = {"--run-dir", "/nonexistent"};
    call.insert(call.end(), words.begin(), words.end());
    const ProgramRun run = RunProgram(call, "123456\n234567\n");
    EXPECT_EQ(run.status, 3) << words[0];
    EXPECT_THAT(run.err, HasSubstr("systemctl start twofactord")) << words[0];
  }
}

TEST(ProgramTest, EveryCommandPrintsOneJsonObjectAlsoOfErrors) {
  const json answers = {{"user.list_2fa_devices", Result(kListed)},
                        {"user.clear_2fa_throttle", Result(true)},
                        {"user.set_2fa_bypass", Result({{"until", 1709208000}})},
                        {"user.end_2fa_bypass", Result(true)},
                        {"user.list_2fa_bypasses", Result(json::array())},
                        {"user.renew_recovery_codes", Result({{"recovery_codes", {"a"}}})},
                        {"user.rename_2fa_device", Result(nullptr)},
                        {"user.remove_2fa_device", Result(nullptr)},
                        {"user.resync_2fa_device", Result(nullptr)},
                        {"user.start_2fa_enrollment", Result(kEntry)},
                        {"user.finish_2fa_enrollment", Result(kEntry)},
                        {"user.renew_2fa_secret", Result(kEntry)},
                        {"user.twofactor_config", Result(kFactor)},
                        {"user.verify_twofactor_token", Result(true)},
                        {"user.query", Result(json::array({kEntry}))},
                        {"user.unset_2fa_secret", Result(nullptr)},
                        {"twofactor.accept_time", Result({{"devices", 1}})},
                        {"auth.twofactor.config", Result({{"window", 1}})},
                        {"auth.twofactor.update", Result({{"window", 2}})}};
  json refusals = json::object();
  for (const auto& [method, answer] : answers.items()) {
    refusals[method] = ErrorAnswer(EPERM, "[EPERM] may not");
  }
  for (auto words : kEveryCommand) {
    const std::string name = words[0];
    words.insert(words.begin(), "--json");
    const ProgramRun done = RunAgainst(answers, words, "123456\n234567\n");
    EXPECT_EQ(done.status, 0) << name << done.err;
    EXPECT_TRUE(done.Json().is_object()) << done.out;
    EXPECT_EQ(done.Json().count("error"), 0U) << done.out;
    const ProgramRun refused = RunAgainst(refusals, words, "123456\n234567\n");
    EXPECT_EQ(refused.status, 4) << name;
    EXPECT_EQ(refused.Json(), (json{{"changed", false}, {"error", "may not"}})) << refused.out;
  }
}

TEST(ProgramTest, CommandsThatChangeSomethingSayWhetherTheyDid) {
  const json renewed = {{"user.list_2fa_devices", Result(kListed)},
                        {"user.start_2fa_enrollment", Result(kEntry)},
                        {"user.finish_2fa_enrollment", Result(kEntry)}};
  EXPECT_EQ(RunAgainst(renewed, {"--json", "renew", "alice"}, "1\n").Json()["changed"], true);
  const json none = {{"user.twofactor_config", Result(kNoFactor)}};
  EXPECT_EQ(RunAgainst(none, {"--json", "unset", "--yes", "alice"}).Json()["changed"], false);
  const json same = {{"auth.twofactor.config", Result({{"window", 2}})},
                     {"auth.twofactor.update", Result({{"window", 2}})}};
  EXPECT_EQ(RunAgainst(same, {"--json", "config", "set", "window", "2"}).Json()["changed"], false);
}

TEST(ProgramTest, ImportReadsStandardInputAndIsSilentOnStandardErrorInAPipe) {
  const json answers = {
      {"auth.me", Result({{"pw_name", "root"}})},
      {"user.import_2fa_devices",
       Result(json::array({{{"username", "daemon"}, {"outcome", "imported"}, {"reason", ""}}}))}};
  const std::string file = "HOTP daemon - 3132333435363738393031323334353637383930\n";
  const ProgramRun run = RunAgainst(answers, {"import", "-"}, file);
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out,
            "daemon: imported\n  daemon: 1: HOTP, 6 digits, SHA1\n"
            "1 imported, 0 there already, 0 refused.\n");
  EXPECT_EQ(run.err, "");
  const ProgramRun with_json = RunAgainst(answers, {"--json", "import", "-"}, file);
  EXPECT_EQ(with_json.Json()["changed"], true);
  EXPECT_EQ(with_json.err, "");
  EXPECT_EQ(RunProgram({"--run-dir", "/nonexistent", "import", "-"}, file).status, 3);
}

TEST(ProgramTest, JsonStandsAloneOnStandardOutputAndTheSecretIsShownOnStandardError) {
  const ProgramRun run = RunAgainst({{"user.list_2fa_devices", Result(kListed)},
                                     {"user.start_2fa_enrollment", Result(kEntry)},
                                     {"user.finish_2fa_enrollment", Result(kEntry)}},
                                    {"--json", "renew", "alice"}, "123456\n");
  EXPECT_TRUE(run.Json().is_object()) << run.out;
  EXPECT_THAT(run.err, HasSubstr("GEZD GNBV"));
}

TEST(ProgramTest, RecoveryCodesAreInTheJsonAloneOrInTheTextAlone) {
  const json answers = {
      {"user.renew_recovery_codes", Result({{"recovery_codes", {"abcd-efgh-jkmn"}}})}};
  const ProgramRun with_json = RunAgainst(answers, {"--json", "recovery-codes", "alice"});
  EXPECT_EQ(with_json.Json()["recovery_codes"], json::array({"abcd-efgh-jkmn"}));
  EXPECT_EQ(with_json.err, "");
  const ProgramRun text = RunAgainst(answers, {"recovery-codes", "alice"});
  EXPECT_THAT(text.out, HasSubstr("  abcd-efgh-jkmn\n"));
  EXPECT_EQ(text.err, "");
}

TEST(ProgramTest, NoOptionTakesACodeOrAPassword) {
  for (const char* option : {"--code", "--token", "--otp", "--password", "--pin", "--secret"}) {
    const ProgramRun run =
        RunProgram({"--run-dir", "/nonexistent", "verify", std::string(option) + "=123456"});
    EXPECT_EQ(run.status, 2) << option;
    EXPECT_THAT(run.err, Not(HasSubstr("123456"))) << option;
  }
}

TEST(ProgramTest, CodeAsAnArgumentIsRefusedAndNotRepeated) {
  const ProgramRun run =
      RunProgram({"--run-dir", "/nonexistent", "verify", "alice", "123456"}, "123456\n");
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err, HasSubstr("never arguments"));
  EXPECT_THAT(run.err + run.out, Not(HasSubstr("123456")));
}

TEST(ProgramTest, HelpAndVersionGoToStandardOutput) {
  const ProgramRun help = RunProgram({"--help"});
  EXPECT_EQ(help.status, 0);
  for (const char* command :
       {"renew", "status", "verify", "list", "unset", "unlock", "bypass", "recovery-codes",
        "devices", "rename-device", "remove-device", "resync", "config", "doctor"}) {
    EXPECT_THAT(help.out, HasSubstr(command));
  }
  const ProgramRun version = RunProgram({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_EQ(version.out.rfind("twofactorctl ", 0), 0U);
}

TEST(ProgramTest, NameThatIsNotUtf8IsNoCrash) {
  const ProgramRun run = RunAgainst(
      {{"user.twofactor_config", Result(kFactor)}, {"user.list_2fa_devices", Result(kListed)}},
      {"--json", "status", "\xff\xfe"});
  EXPECT_EQ(run.status, 0);
  EXPECT_TRUE(run.Json().is_object());
}

TEST(ProgramTest, DoctorWithoutADaemonFindsAProblem) {
  const TempDirectory root;
  const ProgramRun run =
      RunProgram({"--json", "--run-dir", root / "run", "doctor", "--root", root.path()});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.out, HasSubstr("\"daemon.unreachable\""));
  EXPECT_EQ(run.err, "");
}

// As a shell runs it, with this behind it.
int StatusInShell(const std::string& rest) {
  const int status = std::system((std::string(TWOFACTORCTL) + " " + rest + " 2>/dev/null").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(ProgramTest, OutputThatCannotBeWrittenIsSeven) {
  for (const char* rest : {"--help >/dev/full", "--version >/dev/full", "--json nothing >/dev/full",
                           "--version >&-", "--help 1</dev/null"}) {
    EXPECT_EQ(StatusInShell(rest), 7) << rest;
  }
  EXPECT_EQ(StatusInShell("--version >/dev/null"), 0);
}

TEST(ProgramTest, FolderToImportIsAUsageError) {
  EXPECT_EQ(RunProgram({"import", "/tmp"}).status, 2);
}

}  // namespace
}  // namespace twofactor
