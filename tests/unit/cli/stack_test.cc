// twofactorctl stack, on a tree of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "cli/commands/commands.h"
#include "cli/doctor/checks.h"
#include "cli/stack/known_services.h"
#include "cli/stack/line_diff.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/cli/scripted.h"

namespace twofactor {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Lines = std::vector<std::string>;

constexpr const char* kCommonAuth =
    "auth\t[success=1 default=ignore]\tpam_unix.so nullok\nauth\trequisite\tpam_deny.so\n"
    "auth\trequired\tpam_permit.so\nauth\trequired\tpam_twofactor.so nullok\n"
    "auth\toptional\tpam_cap.so \n";
constexpr const char* kCups =
    "# CUPS\n@include common-auth\n@include common-account\n@include common-session\n";
constexpr const char* kOurs = "auth required pam_twofactor.so forward_pass nullok";
constexpr const char* kUnix = "auth required pam_unix.so nullok try_first_pass";

TEST(LineDiffTest, ChangeIsShownAsDiffDoes) {
  EXPECT_EQ(DiffOf("/x", "a\nb\nc\n", "a\nB\nB\nc\n"),
            "--- /x\n+++ /x\n@@ -2,1 +2,2 @@\n-b\n+B\n+B\n");
  EXPECT_EQ(DiffOf("/x", "", "a\n"), "--- /x\n+++ /x\n@@ -0,0 +1,1 @@\n+a\n");
  EXPECT_EQ(DiffOf("/x", "a\n", "a\nb\n"), "--- /x\n+++ /x\n@@ -1,0 +2,1 @@\n+b\n");
  EXPECT_EQ(DiffOf("/x", "a\n", "a\n"), "");
}

TEST(KnownServicesTest, EachIsKnownByOneName) {
  for (const KnownService& service : KnownServices()) {
    EXPECT_EQ(FindService(std::string(service.name)), &service);
  }
  EXPECT_EQ(FindService("unheard-of"), nullptr);
}

class StackCommandTest : public testing::Test {
 protected:
  StackCommandTest() {
    std::filesystem::create_directories(root_ / "etc/pam.d");
    arguments_.root = root_.path();
    Service("common-auth", kCommonAuth);
    Service("common-account", "account required pam_unix.so\n");
    Service("common-session", "session required pam_unix.so\n");
    Service("cups", kCups);
  }
  std::string FileOf(const std::string& service) const { return root_ / ("etc/pam.d/" + service); }
  void Service(const std::string& name, const std::string& text) { WriteFile(FileOf(name), text); }
  std::string TextOf(const std::string& service) const { return ReadFile(FileOf(service)); }
  Result<CommandResult> Try(const std::string& service) {
    arguments_.operands = service.empty() ? Lines() : Lines{service};
    return RunStack(arguments_, daemon_, terminal_);
  }
  CommandResult Run(const std::string& service) {
    auto result = Try(service);
    EXPECT_TRUE(result) << (result ? "" : result.error().message());
    return result ? *result : CommandResult();
  }
  CommandResult Write(const std::string& service) {
    arguments_.write = true;
    return Run(service);
  }

  TempDirectory root_;
  CliArguments arguments_;
  ScriptedDaemon daemon_;
  ScriptedTerminal terminal_;
};

TEST_F(StackCommandTest, LinesAreShownAndNothingIsChanged) {
  const CommandResult result = Run("cups");
  EXPECT_EQ(result.json["lines"], (Lines{kOurs, kUnix}));
  EXPECT_EQ(result.json["questions"], "one");
  EXPECT_THAT(result.text, AllOf(HasSubstr("CUPS"), HasSubstr(kOurs), HasSubstr(kUnix)));
  EXPECT_EQ(TextOf("cups"), kCups);
  EXPECT_FALSE(std::filesystem::exists(FileOf("cups.before-twofactor")));
}

TEST_F(StackCommandTest, DryRunShowsTheDiffAndChangesNothing) {
  arguments_.dry_run = true;
  const CommandResult result = Write("cups");
  EXPECT_EQ(result.text, result.json["diff"].get<std::string>());
  EXPECT_THAT(result.text,
              AllOf(HasSubstr("-@include common-auth\n"),
                    HasSubstr("+" + std::string(kOurs) + "\n"), Not(HasSubstr("common-account"))));
  EXPECT_EQ(result.json.count("changed"), 0U);
  EXPECT_EQ(TextOf("cups"), kCups);
}

TEST_F(StackCommandTest, WrittenFileHasTheLinesAndEverythingElseAsItWas) {
  const CommandResult result = Write("cups");
  EXPECT_EQ(TextOf("cups"), "# CUPS\n" + std::string(kOurs) + "\n" + kUnix +
                                "\n@include common-account\n@include common-session\n");
  EXPECT_EQ(result.json["changed"], true);
  EXPECT_EQ(result.json["backup"], "/etc/pam.d/cups.before-twofactor");
  EXPECT_EQ(TextOf("cups.before-twofactor"), kCups);
  for (const Finding& finding : CheckPam(root_.path())) {
    EXPECT_THAT(finding.id, Not(HasSubstr("pam.cups.one-question")));
  }
}

TEST_F(StackCommandTest, SecondTimeChangesNothing) {
  Write("cups");
  const std::string written = TextOf("cups");
  const CommandResult again = Write("cups");
  EXPECT_EQ(again.json.count("changed"), 0U);
  EXPECT_EQ(again.json["diff"], "");
  EXPECT_EQ(TextOf("cups"), written);
  EXPECT_EQ(TextOf("cups.before-twofactor"), kCups);
}

TEST_F(StackCommandTest, BackupIsNeverOverwritten) {
  Write("cups");
  Service("cups", "auth required pam_unix.so\n");
  Write("cups");
  EXPECT_EQ(TextOf("cups.before-twofactor"), kCups);
}

TEST_F(StackCommandTest, UndoPutsBackWhatWasThere) {
  Write("cups");
  arguments_.write = false;
  arguments_.undo = true;
  EXPECT_EQ(Run("cups").json["changed"], true);
  EXPECT_EQ(TextOf("cups"), kCups);
  EXPECT_FALSE(std::filesystem::exists(FileOf("cups.before-twofactor")));
  EXPECT_EQ(Try("cups").error().code(), ErrorCode::kConflict);
}

TEST_F(StackCommandTest, ModeAndOwnerStay) {
  ASSERT_EQ(chmod(FileOf("cups").c_str(), 0640), 0);
  if (geteuid() == 0) {
    ASSERT_EQ(chown(FileOf("cups").c_str(), 7, 8), 0);
  }
  Write("cups");
  struct stat status {};
  ASSERT_EQ(stat(FileOf("cups").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0640U);
  if (geteuid() == 0) {
    EXPECT_EQ(status.st_uid, 7U);
    EXPECT_EQ(status.st_gid, 8U);
  }
}

TEST_F(StackCommandTest, ServiceWithoutAFileIsGivenOneAndUndoTakesItAway) {
  Service("other", "@include common-auth\n@include common-account\n");
  Write("imap");
  EXPECT_EQ(TextOf("imap"), std::string(kOurs) + "\n" + kUnix + "\n@include common-account\n");
  arguments_.write = false;
  arguments_.undo = true;
  Run("imap");
  EXPECT_FALSE(std::filesystem::exists(FileOf("imap")));
}

TEST_F(StackCommandTest, OtherLinesOfAuthStayWhereTheyAre) {
  Service("vsftpd",
          "auth\trequired\tpam_listfile.so item=user sense=deny file=/etc/ftpusers onerr=succeed\n"
          "@include common-account\n@include common-session\n@include common-auth\n"
          "auth\trequired\tpam_shells.so\n");
  Write("vsftpd");
  EXPECT_EQ(TextOf("vsftpd"),
            "auth\trequired\tpam_listfile.so item=user sense=deny file=/etc/ftpusers "
            "onerr=succeed\n@include common-account\n@include common-session\n" +
                std::string(kOurs) + "\n" + kUnix + "\nauth\trequired\tpam_shells.so\n");
}

TEST_F(StackCommandTest, FileThatNamesItsModulesItselfIsTakenApart) {
  Service("cups", std::string(kCommonAuth) + "account required pam_unix.so\n");
  Write("cups");
  EXPECT_EQ(TextOf("cups"), std::string(kOurs) + "\n" + kUnix +
                                "\nauth\toptional\tpam_cap.so \naccount required pam_unix.so\n");
}

TEST_F(StackCommandTest, OptionsOfTheLineThatIsThereAreKept) {
  Service("common-auth",
          "auth required pam_unix.so\nauth required pam_twofactor.so window=0 [authtok_prompt=a b]"
          " enroll=optional\n");
  EXPECT_EQ(Run("cups").json["lines"][0],
            "auth required pam_twofactor.so forward_pass window=0 [authtok_prompt=a b]");
}

TEST_F(StackCommandTest, PasswordsOfADirectoryAreAskedOneAfterTheOther) {
  Service("common-auth",
          "auth [success=2 default=ignore] pam_unix.so nullok\n"
          "auth [success=1 default=ignore] pam_sss.so use_first_pass\n"
          "auth requisite pam_deny.so\nauth required pam_permit.so\n");
  Write("cups");
  EXPECT_EQ(TextOf("cups"),
            "# CUPS\nauth required pam_twofactor.so forward_pass nullok\n"
            "auth [success=2 default=ignore] pam_unix.so nullok try_first_pass\n"
            "auth [success=1 default=ignore] pam_sss.so try_first_pass\n"
            "auth requisite pam_deny.so\nauth required pam_permit.so\n"
            "@include common-account\n@include common-session\n");
  const std::string written = TextOf("cups");
  Write("cups");
  EXPECT_EQ(TextOf("cups"), written);
}

TEST_F(StackCommandTest, ServiceOfTwoQuestionsGetsItsLineBehindThePassword) {
  Service("common-auth", "auth required pam_unix.so\n");
  Service("sudo",
          "session required pam_limits.so\n@include common-auth\n@include common-account\n");
  Write("sudo");
  EXPECT_EQ(TextOf("sudo"),
            "session required pam_limits.so\n@include common-auth\n"
            "auth required pam_twofactor.so nullok\n@include common-account\n");
  EXPECT_EQ(Write("sudo").json.count("changed"), 0U);
}

TEST_F(StackCommandTest, ServiceOfTwoQuestionsThatAsksAlreadyStays) {
  Service("sudo", "@include common-auth\n");
  EXPECT_EQ(Run("sudo").json["diff"], "");
  EXPECT_THAT(Run("sudo").text, HasSubstr("right as it is"));
}

TEST_F(StackCommandTest, WhatNoRuleCoversIsRefusedAndLeftAlone) {
  for (const char* text :
       {"auth required pam_fprintd.so\n@include common-auth\n",
        "auth [success=1 default=ignore] pam_succeed_if.so uid < 9\n@include common-auth\n",
        "auth required \\\n pam_unix.so\n", "@include cups-whole\n"}) {
    Service("cups-whole", "auth required pam_unix.so\naccount required pam_unix.so\n");
    Service("cups", text);
    arguments_.write = true;
    const auto result = Try("cups");
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code(), ErrorCode::kConflict) << text;
    EXPECT_THAT(result.error().message(), HasSubstr("by hand"));
    EXPECT_EQ(TextOf("cups"), text);
  }
}

TEST_F(StackCommandTest, LinkAndMissingServiceAreRefused) {
  std::filesystem::remove(FileOf("cups"));
  EXPECT_THAT(Try("cups").error().message(), HasSubstr("install CUPS first"));
  ASSERT_EQ(symlink("vsftpd", FileOf("cups").c_str()), 0);
  Service("vsftpd", kCups);
  arguments_.write = true;
  EXPECT_THAT(Try("cups").error().message(), HasSubstr("is a link"));
  EXPECT_EQ(TextOf("vsftpd"), kCups);
}

TEST_F(StackCommandTest, UnknownServiceIsToldWhichAreKnown) {
  const auto result = Try("unheard-of");
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kUsage);
  EXPECT_THAT(result.error().message(), AllOf(HasSubstr("cups"), HasSubstr("xrdp-sesman")));
}

TEST_F(StackCommandTest, WithoutAServiceAllAreListed) {
  EXPECT_EQ(Run("").json["services"].size(), KnownServices().size());
}

TEST_F(StackCommandTest, OnlyRootWrites) {
  if (geteuid() == 0) {
    for (const char* name : {"cups", "common-auth", "common-account", "common-session"}) {
      ASSERT_EQ(chmod(FileOf(name).c_str(), 0644), 0);
    }
    ASSERT_EQ(seteuid(12345), 0);
  } else {
    ASSERT_EQ(chmod((root_ / "etc/pam.d").c_str(), 0555), 0);
  }
  arguments_.write = true;
  const auto result = Try("cups");
  if (getuid() == 0) {
    ASSERT_EQ(seteuid(0), 0);
  }
  chmod((root_ / "etc/pam.d").c_str(), 0755);
  ASSERT_FALSE(result);
  EXPECT_EQ(StatusOf(result.error()), ExitStatus::kNotPermitted) << result.error().message();
}

}  // namespace
}  // namespace twofactor
