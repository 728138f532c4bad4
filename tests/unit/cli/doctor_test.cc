// The whole command, on a tree of its own and with a daemon that follows a script.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "cli/commands/commands.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/cli/scripted.h"
#include "tests/unit/wire/fake_daemon.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class DoctorCommandTest : public testing::Test {
 protected:
  DoctorCommandTest() {
    arguments_.root = root_.path();
    arguments_.run_directory = root_ / "run";
    std::filesystem::create_directories(root_ / "etc/pam.d");
    std::filesystem::create_directories(root_ / "usr/lib/security");
    WriteFile(root_ / "usr/lib/security/pam_unix.so", "");
    WriteFile(root_ / "usr/lib/security/pam_twofactor.so", "");
    WriteFile(root_ / "etc/pam.d/sshd",
              "auth required pam_unix.so\nauth required pam_twofactor.so\n");
  }
  CommandResult Run() {
    daemon_.script.emplace_back("core.ping", "pong");
    daemon_.script.emplace_back("core.health", json{{"key", "file"}, {"users", 1}});
    daemon_.script.emplace_back("auth.me", json{{"pw_name", "root"}});
    daemon_.script.emplace_back("auth.twofactor.config", json{{"enabled", enabled_}});
    daemon_.script.emplace_back("user.list_2fa_bypasses", json::array());
    daemon_.script.emplace_back("twofactor.stale_factors",
                                json{{"looked_at", 1}, {"next", nullptr}});
    return RunDoctor(arguments_, daemon_, terminal_).value();
  }
  // The findings of one part of the machine, by the start of their ids.
  static json Part(const CommandResult& result, const std::string& part) {
    json findings = json::array();
    for (const json& finding : result.json["findings"]) {
      if (finding["id"].get<std::string>().rfind(part, 0) == 0) {
        findings.push_back(finding);
      }
    }
    return findings;
  }

  TempDirectory root_;
  bool enabled_ = true;
  CliArguments arguments_;
  ScriptedDaemon daemon_;
  ScriptedTerminal terminal_;
};

TEST_F(DoctorCommandTest, EveryPartOfTheMachineIsLookedAt) {
  std::filesystem::create_directories(root_ / "var/lib/twofactor");
  WriteFile(root_ / "var/lib/twofactor/vault.sqlite", "");
  std::filesystem::create_directories(root_ / "etc/twofactor");
  WriteFile(root_ / "etc/twofactor/vault.key", std::string(64, '0'));
  const CommandResult result = Run();
  for (const char* part : {"daemon.", "stale.none", "key", "run.", "clock.", "pam.sshd"}) {
    EXPECT_FALSE(Part(result, part).empty()) << part << result.json.dump(2);
  }
}

TEST_F(DoctorCommandTest, ProblemMakesTheStatusNoAndWarningsAloneDoNot) {
  EXPECT_EQ(Part(Run(), "run.missing")[0]["level"], "problem");
  EXPECT_EQ(Run().status, ExitStatus::kNo);
  const RunPaths paths(arguments_.run_directory);
  std::filesystem::create_directory(paths.directory());
  const UniqueFd socket = ListenAt(paths.ApiSocket(), 1);
  chmod(paths.ApiSocket().c_str(), 0666);
  for (const std::string& path : {paths.Index(), paths.Records(), paths.Ledger()}) {
    WriteFile(path, "");
  }
  enabled_ = false;
  const CommandResult warned = Run();
  EXPECT_EQ(Part(warned, "daemon.switched-off").size(), 1U);
  EXPECT_EQ(warned.json["problems"], 0) << warned.text;
  EXPECT_EQ(warned.status, ExitStatus::kOk);
}

TEST_F(DoctorCommandTest, CountsAreThoseOfTheFindings) {
  enabled_ = false;
  const CommandResult result = Run();
  int problems = 0;
  int warnings = 0;
  for (const json& finding : result.json["findings"]) {
    problems += finding["level"] == "problem" ? 1 : 0;
    warnings += finding["level"] == "warning" ? 1 : 0;
    EXPECT_EQ(finding.size(), 4U);
    EXPECT_NE(finding["text"], "");
    EXPECT_EQ(finding["advice"].get<std::string>().empty(), finding["level"] == "ok") << finding;
  }
  EXPECT_GE(warnings, 1);
  EXPECT_EQ(result.json["problems"], problems);
  EXPECT_EQ(result.json["warnings"], warnings);
  EXPECT_EQ(result.status, problems > 0 ? ExitStatus::kNo : ExitStatus::kOk);
}

TEST_F(DoctorCommandTest, TextHasTheSameFindingsAsJson) {
  const CommandResult result = Run();
  for (const json& finding : result.json["findings"]) {
    EXPECT_THAT(result.text, HasSubstr(finding["text"].get<std::string>()));
    EXPECT_THAT(result.text, HasSubstr(finding["advice"].get<std::string>()));
  }
}

TEST_F(DoctorCommandTest, ColourIsForTerminalsThatTakeIt) {
  terminal_.coloured = true;
  EXPECT_THAT(Run().text, HasSubstr("\x1b[31mproblem\x1b[0m: "));
  terminal_.coloured = false;
  const std::string plain = Run().text;
  EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
  EXPECT_THAT(plain, HasSubstr("problem: "));
}

TEST_F(DoctorCommandTest, MissingKeyIsToldAlthoughTheDaemonDoesNotAnswer) {
  std::filesystem::create_directories(root_ / "var/lib/twofactor");
  WriteFile(root_ / "var/lib/twofactor/vault.sqlite", "");
  daemon_.script.emplace_back("core.ping", Fail(ErrorCode::kUnavailable, "refused"));
  const auto result = RunDoctor(arguments_, daemon_, terminal_);
  ASSERT_TRUE(result);
  EXPECT_EQ(Part(*result, "key.missing").size(), 1U);
  EXPECT_EQ(Part(*result, "daemon.unreachable").size(), 1U);
}

}  // namespace
}  // namespace twofactor
