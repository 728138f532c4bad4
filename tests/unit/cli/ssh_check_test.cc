// doctor beside an sshd that answers as a script tells it.
#include "cli/doctor/ssh_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "cli/doctor/ssh_servers.h"
#include "cli/doctor/sshd_program.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using IdList = std::vector<std::string>;

constexpr const char* kRight =
    "usepam yes\npubkeyauthentication yes\npasswordauthentication no\n"
    "kbdinteractiveauthentication yes\npermitrootlogin yes\n";

TEST(SshdProgramTest, ComplaintIsTheLineThatRefuses) {
  EXPECT_EQ(ComplaintIn("/etc/ssh/sshd_config line 3: Deprecated option UseLogin\r\n"
                        "/etc/ssh/sshd_config: line 7: Bad configuration option: Foo\r\n"
                        "/etc/ssh/sshd_config: terminating, 1 bad configuration options\r\n"),
            "/etc/ssh/sshd_config: line 7: Bad configuration option: Foo");
  EXPECT_EQ(ComplaintIn("\n"), "");
}

TEST(SshServersTest, OptionOfTheCommandLineNamesTheConfiguration) {
  EXPECT_EQ(SshdConfigIn({"/usr/sbin/sshd", "-D", "-f", "/etc/ssh/two"}), "/etc/ssh/two");
  EXPECT_EQ(SshdConfigIn({"-/usr/sbin/sshd", "-f/etc/ssh/two", "-i"}), "/etc/ssh/two");
  EXPECT_EQ(SshdConfigIn({"sshd:", "/usr/sbin/sshd", "-D", "-f", "/etc/ssh/two", "[listener]"}),
            "/etc/ssh/two");
  EXPECT_EQ(SshdConfigIn({"/usr/sbin/sshd", "-D"}), "");
  EXPECT_EQ(SshdConfigIn({"/usr/bin/vi", "-f", "/etc/ssh/two"}), "");
  EXPECT_EQ(SshdConfigIn({}), "");
}

class SshCheckTest : public testing::Test {
 protected:
  SshCheckTest() {
    for (const char* folder : {"etc/ssh", "etc/pam.d", "etc/systemd/system/multi-user.target.wants",
                               "usr/lib/systemd/system", "proc/77"}) {
      std::filesystem::create_directories(root_ / folder);
    }
    WriteFile(root_ / "etc/pam.d/sshd",
              "auth required pam_unix.so\nauth required pam_twofactor.so\n");
    Sshd("cat " + (root_ / "settings"));
    WriteFile(root_ / "settings",
              kRight + std::string("authenticationmethods publickey,keyboard-interactive\n"));
    WriteFile(root_ / "etc/ssh/sshd_config", "");
  }
  void Sshd(const std::string& script) {
    WriteFile(root_ / "sshd", "#!/bin/sh\n" + script + "\n");
    chmod((root_ / "sshd").c_str(), 0755);
  }
  // What sshd adds for a connection that has this in its specification; the last line counts.
  void For(const std::string& part, const std::string& settings) {
    script_ += "case \"$*\" in *'" + part + "'*) echo '" + settings + "';; esac\n";
    Sshd("cat " + (root_ / "settings") + "\n" + script_);
  }
  void Config(const std::string& text) { WriteFile(root_ / "etc/ssh/sshd_config", text); }
  Findings Check() const {
    SshPeople people;
    people.users = [] { return std::vector<std::string>{"root", "alice"}; };
    people.groups = [] { return std::vector<std::string>(); };
    people.groups_of = [](const std::string&) { return std::vector<std::string>(); };
    people.members = [](const std::string&) { return std::vector<std::string>(); };
    return CheckSshServers({root_ / "sshd", root_.path(), people});
  }
  IdList Ids() const {
    IdList ids;
    for (const Finding& finding : Check()) {
      ids.push_back(finding.id);
    }
    return ids;
  }

  TempDirectory root_;
  std::string script_;
};

TEST_F(SshCheckTest, RightConfigurationIsOk) { EXPECT_THAT(Ids(), ElementsAre("ssh")); }

TEST_F(SshCheckTest, StackThatAsksForNoCodeIsNotJudged) {
  WriteFile(root_ / "etc/pam.d/sshd", "auth required pam_unix.so\n");
  EXPECT_THAT(Ids(), IsEmpty());
}

TEST_F(SshCheckTest, EachBlockIsJudgedForAConnectionOfItsOwn) {
  Config(
      "Match Address 10.0.0.0/8\n  AuthenticationMethods publickey\nMatch User alice\n"
      "  AuthenticationMethods password\n  PasswordAuthentication yes\n");
  For("addr=10.", "authenticationmethods publickey");
  For("user=alice", "authenticationmethods password\npasswordauthentication yes");
  const Findings findings = Check();
  ASSERT_THAT(Ids(), ElementsAre("ssh", "ssh.key-alone", "ssh.password-method", "ssh.locked-out"));
  EXPECT_THAT(findings[1].text,
              AllOf(HasSubstr("'Match Address 10.0.0.0/8'"), HasSubstr("sshd_config:1")));
  EXPECT_THAT(findings[3].text, HasSubstr("'Match User alice'"));
  EXPECT_EQ(findings[3].level, Finding::Level::kProblem);
}

TEST_F(SshCheckTest, WhatIsSoForEverybodyIsToldOnce) {
  WriteFile(root_ / "settings", kRight + std::string("authenticationmethods any\n"));
  Config("Match User alice\n  X11Forwarding no\n");
  EXPECT_THAT(Ids(), ElementsAre("ssh.key-alone"));
}

TEST_F(SshCheckTest, BlockWithoutAConnectionIsNamed) {
  Config("Match Group nobodys\n  AuthenticationMethods publickey\n");
  const Findings findings = Check();
  ASSERT_THAT(Ids(), ElementsAre("ssh", "ssh.not-judged"));
  EXPECT_THAT(findings[1].text, HasSubstr("'Match Group nobodys'"));
}

TEST_F(SshCheckTest, BlockForUsersWhoAreNotThereLetsNobodyInAnyway) {
  Config("Match invalid-user\n  AuthenticationMethods publickey\n");
  EXPECT_THAT(Ids(), ElementsAre("ssh"));
}

TEST_F(SshCheckTest, RootIsJudgedByRootsOwnSettings) {
  For("user=root", "permitrootlogin prohibit-password");
  EXPECT_THAT(Ids(), ElementsAre("ssh", "ssh.root"));
  For("user=root", "authenticationmethods publickey");
  EXPECT_THAT(Ids(), ElementsAre("ssh"));
}

TEST_F(SshCheckTest, RefusedConfigurationIsAProblemInSshdsOwnWords) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  Sshd("echo '/etc/ssh/x line 6: any must appear alone' >&2; exit 255");
  const Findings findings = Check();
  ASSERT_THAT(Ids(), ElementsAre("ssh.refused"));
  EXPECT_EQ(findings[0].level, Finding::Level::kProblem);
  EXPECT_THAT(findings[0].text, HasSubstr("/etc/ssh/x line 6: any must appear alone"));
}

TEST_F(SshCheckTest, SshdThatNeverRanIsNoRefusal) {
  Sshd("echo 'Missing privilege separation directory: /run/sshd' >&2; exit 255");
  EXPECT_THAT(Ids(), ElementsAre("ssh.unknown"));
}

TEST_F(SshCheckTest, OtherSshdsOfUnitsAndProcessesAreJudgedToo) {
  const std::string units = root_ / "etc/systemd/system/";
  WriteFile(units + "sshd2.service", "[Service]\nExecStart=/usr/sbin/sshd -D -f /etc/ssh/two\n");
  WriteFile(units + "off.service", "[Service]\nExecStart=/usr/sbin/sshd -D -f /etc/ssh/off\n");
  EXPECT_THAT(FindSshdConfigs(root_.path()), IsEmpty());
  ASSERT_EQ(symlink("../sshd2.service", (units + "multi-user.target.wants/sshd2.service").c_str()),
            0);
  WriteFile(root_ / "proc/77/cmdline", std::string("/usr/sbin/sshd\0-f\0/etc/ssh/three\0", 33));
  EXPECT_THAT(FindSshdConfigs(root_.path()), ElementsAre("/etc/ssh/three", "/etc/ssh/two"));
  For("-f /etc/ssh/two", "authenticationmethods publickey");
  const Findings findings = Check();
  ASSERT_THAT(Ids(), ElementsAre("ssh", "ssh", "ssh.key-alone"));
  EXPECT_THAT(findings[2].text, HasSubstr("sshd -f /etc/ssh/two"));
}

TEST_F(SshCheckTest, StackIsThatOfTheServiceThatSshdNames) {
  WriteFile(root_ / "etc/pam.d/sshd", "auth required pam_unix.so\n");
  WriteFile(root_ / "etc/pam.d/ssh-two", "auth required pam_twofactor.so\n");
  For("user", "pamservicename ssh-two");
  EXPECT_THAT(Ids(), ElementsAre("ssh"));
}

}  // namespace
}  // namespace twofactor
