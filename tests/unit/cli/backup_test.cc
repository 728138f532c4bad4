// backup and restore, with a daemon that follows a script.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cli/commands/commands.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/cli/scripted.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kPassphrase = "correct horse battery staple";

json Part(const char* line, bool last) { return {{"part", line}, {"last", last}, {"users", 2}}; }
json RestoredAs(const char* outcome, const char* reason = "") {
  return {{"username", "alice"}, {"outcome", outcome}, {"reason", reason}};
}
json Restored(json users, bool last) {
  return {{"users", std::move(users)}, {"last", last}, {"settings", false}};
}

class BackupCommandsTest : public testing::Test {
 protected:
  BackupCommandsTest() { arguments_.operands = {path()}; }

  std::string path() const { return directory_ / "backup"; }
  void Write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    std::ofstream(directory_ / name) << text;
    chmod((directory_ / name).c_str(), mode);
  }
  std::size_t FilesInTheDirectory() const {
    const std::filesystem::directory_iterator files(directory_.path());
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
  }
  void AnswerBackup() {
    daemon_.script.emplace_back("backup.start", json{{"header", "the header"}, {"users", 4}});
    daemon_.script.emplace_back("backup.next", Part("part 1", false));
    daemon_.script.emplace_back("backup.next", Part("part 2", true));
  }
  void AnswerRestore() { daemon_.script.emplace_back("restore.start", json{{"users", 2}}); }
  Result<CommandResult> BackUp() { return RunBackup(arguments_, daemon_, terminal_); }
  Result<CommandResult> Restore() { return RunRestore(arguments_, daemon_, terminal_); }

  TempDirectory directory_;
  CliArguments arguments_;
  ScriptedDaemon daemon_;
  ScriptedTerminal terminal_;
};

TEST_F(BackupCommandsTest, BackupIsAFileForItsOwnerAlone) {
  AnswerBackup();
  terminal_.answers = {kPassphrase, kPassphrase};
  const auto result = BackUp();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_EQ(ReadFile(path()), "the header\npart 1\npart 2\n");
  struct stat status {};
  ASSERT_EQ(stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  EXPECT_EQ(result->json, (json{{"changed", true}, {"file", path()}, {"users", 4}}));
  EXPECT_EQ(terminal_.hidden.size(), 2U);
  EXPECT_EQ(terminal_.warned, "");
  EXPECT_THAT(terminal_.progress, HasSubstr("4 of 4 users"));
  EXPECT_EQ(FilesInTheDirectory(), 1U);
}

TEST_F(BackupCommandsTest, FileThatIsThereIsLeftAloneUnlessItIsToBeReplaced) {
  Write("backup", "the last backup");
  const auto refused = BackUp();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kConflict);
  EXPECT_TRUE(terminal_.asked.empty());
  EXPECT_EQ(ReadFile(path()), "the last backup");
  AnswerBackup();
  terminal_.answers = {kPassphrase, kPassphrase};
  arguments_.force = true;
  ASSERT_TRUE(BackUp());
  EXPECT_EQ(ReadFile(path()), "the header\npart 1\npart 2\n");
}

TEST_F(BackupCommandsTest, LinkIsReplacedAndNotFollowed) {
  Write("other", "something else");
  ASSERT_EQ(symlink((directory_ / "other").c_str(), path().c_str()), 0);
  ASSERT_FALSE(BackUp());
  AnswerBackup();
  terminal_.answers = {kPassphrase, kPassphrase};
  arguments_.force = true;
  ASSERT_TRUE(BackUp());
  EXPECT_EQ(ReadFile(directory_ / "other"), "something else");
  EXPECT_FALSE(std::filesystem::is_symlink(path()));
}

TEST_F(BackupCommandsTest, BackupThatFailsLeavesNothing) {
  daemon_.script.emplace_back("backup.start", json{{"header", "the header"}, {"users", 4}});
  daemon_.script.emplace_back("backup.next", Fail(ErrorCode::kUnavailable, "gone"));
  terminal_.answers = {kPassphrase, kPassphrase};
  EXPECT_FALSE(BackUp());
  EXPECT_EQ(FilesInTheDirectory(), 0U);
}

TEST_F(BackupCommandsTest, EmptyOrDifferentPassphrasesMakeNoBackup) {
  terminal_.answers = {""};
  EXPECT_EQ(BackUp().error().code(), ErrorCode::kInvalidParams);
  terminal_.answers = {kPassphrase, "correct horse battery stable"};
  EXPECT_THAT(BackUp().error().message(), HasSubstr("differ"));
  terminal_.answers = {};
  EXPECT_EQ(BackUp().error().code(), ErrorCode::kInvalidParams);
  terminal_.answers = {"\xFF\xFF", "\xFF\xFF"};
  EXPECT_THAT(BackUp().error().message(), HasSubstr("UTF-8"));
  EXPECT_EQ(FilesInTheDirectory(), 0U);
}

TEST_F(BackupCommandsTest, ShortPassphraseIsWarnedOfAndAPipeIsAskedOnce) {
  AnswerBackup();
  terminal_.interactive = false;
  terminal_.answers = {"elevenchars"};
  ASSERT_TRUE(BackUp());
  EXPECT_THAT(terminal_.warned, HasSubstr("short"));
}

TEST_F(BackupCommandsTest, PassphraseFileIsReadIfNobodyElseCanReadIt) {
  arguments_.passphrase_file = directory_ / "passphrase";
  Write("passphrase", std::string(kPassphrase) + "\nsomething else\n", 0640);
  EXPECT_EQ(BackUp().error().code(), ErrorCode::kNotPermitted);
  ASSERT_EQ(chmod(arguments_.passphrase_file.c_str(), 0600), 0);
  AnswerBackup();
  ASSERT_TRUE(BackUp());
  EXPECT_EQ(daemon_.calls[0], R"(backup.start["correct horse battery staple"])");
  EXPECT_TRUE(terminal_.asked.empty());
  arguments_.passphrase_file = directory_.path();
  arguments_.force = true;
  EXPECT_EQ(BackUp().error().code(), ErrorCode::kInvalidParams);
}

TEST_F(BackupCommandsTest, RestoreHandsEveryLineOverAndCounts) {
  Write("backup", "the header\npart 1\npart 2\n");
  AnswerRestore();
  daemon_.script.emplace_back("restore.next",
                              Restored(json::array({RestoredAs("imported")}), false));
  daemon_.script.emplace_back(
      "restore.next",
      Restored(json::array({RestoredAs("exists"), RestoredAs("refused", "who is that?")}), true));
  terminal_.answers = {kPassphrase};
  arguments_.replace = true;
  const auto result = Restore();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_THAT(daemon_.calls,
              ElementsAre(R"(restore.start["the header","correct horse battery staple",)"
                          R"({"dry_run":false,"keep_uids":false,"replace":true,"settings":false}])",
                          R"(restore.next["part 1"])", R"(restore.next["part 2"])"));
  EXPECT_EQ(result->status, ExitStatus::kNo);
  EXPECT_EQ(result->json["changed"], true);
  EXPECT_EQ(result->json["restored"], 1);
  EXPECT_EQ(result->json["exists"], 1);
  EXPECT_THAT(result->text, HasSubstr("alice: not restored: who is that?"));
}

TEST_F(BackupCommandsTest, DryRunChangesNothing) {
  Write("backup", "the header\npart 1\n");
  AnswerRestore();
  daemon_.script.emplace_back("restore.next",
                              Restored(json::array({RestoredAs("would_import")}), true));
  terminal_.answers = {kPassphrase};
  arguments_.dry_run = true;
  const auto result = Restore();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->json["changed"], false);
  EXPECT_THAT(result->text, HasSubstr("1 user would be restored"));
}

TEST_F(BackupCommandsTest, WhatWasLeftOutAndWhatCannotBeKnownIsTold) {
  Write("backup", "the header\npart 1\n");
  AnswerRestore();
  json user = RestoredAs("imported", "the recovery codes were left out");
  user["uses_unknown"] = true;
  daemon_.script.emplace_back("restore.next", Restored(json::array({user}), true));
  terminal_.answers = {kPassphrase};
  const auto result = Restore();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_EQ(result->status, ExitStatus::kOk);
  EXPECT_EQ(result->json["uses_unknown"], 1);
  EXPECT_EQ(result->json["left_out"][0]["username"], "alice");
  EXPECT_THAT(result->text, HasSubstr("partly restored: the recovery codes were left out"));
  EXPECT_THAT(result->text, HasSubstr("1 user has HOTP devices or recovery codes, and"));
}

TEST_F(BackupCommandsTest, FileThatIsCutOffSaysWhatWasRestored) {
  for (const char* file : {"the header\npart 1\n", "the header\npart 1\npart"}) {
    Write("backup", file);
    AnswerRestore();
    daemon_.script.emplace_back("restore.next",
                                Restored(json::array({RestoredAs("imported")}), false));
    terminal_.answers = {kPassphrase};
    const auto result = Restore();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->status, ExitStatus::kFailed);
    EXPECT_EQ(result->json["changed"], true);
    EXPECT_THAT(result->text, HasSubstr("truncated"));
  }
}

TEST_F(BackupCommandsTest, MoreBehindTheLastPartIsTold) {
  Write("backup", "the header\npart 1\npart 1\n");
  AnswerRestore();
  daemon_.script.emplace_back("restore.next",
                              Restored(json::array({RestoredAs("imported")}), true));
  terminal_.answers = {kPassphrase};
  const auto result = Restore();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, ExitStatus::kFailed);
}

TEST_F(BackupCommandsTest, FileThatIsNoBackupIsNotReadWhole) {
  Write("backup", std::string(200UL * 1024, 'x'));
  terminal_.answers = {kPassphrase};
  EXPECT_EQ(Restore().error().code(), ErrorCode::kCorrupt);
  Write("backup", "");
  terminal_.answers = {kPassphrase};
  EXPECT_EQ(Restore().error().code(), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace twofactor
