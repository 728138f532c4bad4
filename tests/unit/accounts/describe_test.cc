#include "helperd/accounts/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr uid_t kDescribedUid = 54321;

// A system of files and tools in a directory; NSS is the machine's own, and does not know the user.
class DescribeTest : public testing::Test {
 protected:
  DescribeTest() {
    layout_.passwd = directory_ / "passwd";
    layout_.login_defs = directory_ / "login.defs";
    layout_.subuid = directory_ / "subuid";
    layout_.opasswd = directory_ / "opasswd";
    layout_.sudoers = directory_ / "sudoers";
    layout_.tool_folders = {directory_.path()};
    layout_.deadline = std::chrono::milliseconds(500);
    user_ = {"alice-of-the-test", kDescribedUid,     kDescribedUid,
             "Alice,,",           directory_.path(), "/bin/sh"};
  }
  void SetUp() override {
    if (geteuid() != 0) {
      GTEST_SKIP() << "skipped: needs root";
    }
  }
  void Write(const std::string& name, const std::string& text, mode_t mode = 0644) {
    std::ofstream(directory_ / name) << text;
    chmod((directory_ / name).c_str(), mode);
  }
  void Install(const std::string& name, const std::string& script) {
    Write(name, "#!/bin/sh\n" + script + "\n", 0755);
  }
  Result<json> Describe(Progress::HeldReaders held = {}) {
    Progress progress;
    progress.SetHeldReaders(std::move(held));
    return DescribeUser(user_, layout_, progress);
  }

  TempDirectory directory_;
  SystemLayout layout_;
  PasswdEntry user_;
};

TEST_F(DescribeTest, SystemWithoutAnySourceStillGivesEveryField) {
  const auto described = CheckDescription(Describe().value()).value();
  EXPECT_EQ(described["full_name"], "Alice");
  EXPECT_EQ(described["id"], kDescribedUid + 100000000);
  EXPECT_EQ(described["local"], false);
  EXPECT_EQ(described["immutable"], true);
  for (const char* field : {"unixhash", "smbhash", "sid", "sshpubkey", "email", "password_age",
                            "last_password_change", "password_history", "userns_idmap"}) {
    EXPECT_TRUE(described[field].is_null()) << field;
  }
  for (const char* field : {"smb", "id_type_both", "ssh_password_enabled", "locked"}) {
    EXPECT_EQ(described[field], false) << field;
  }
  EXPECT_EQ(described["sudo_commands"], json::array());
}

TEST_F(DescribeTest, EmptyFieldsOfPasswdMeanWhatTheyDoForALogin) {
  user_.dir.clear();
  user_.shell.clear();
  const auto described = CheckDescription(Describe().value()).value();
  EXPECT_EQ(described["home"], "/var/empty");
  EXPECT_EQ(described["shell"], "/bin/sh");
}

TEST_F(DescribeTest, HomeThatBlocksItsReadersGetsNoMore) {
  EXPECT_TRUE(Describe({{user_.name, 4}}));
  EXPECT_TRUE(Describe({{"another", 5}}));
  const auto refused = Describe({{user_.name, 5}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kUnavailable);
}

TEST_F(DescribeTest, EverySourceGivesItsField) {
  Write("passwd", user_.name + ":x:54321:54321::/:/bin/sh\n");
  Write("sudoers", "");
  Write("authorized", "ssh-ed25519 AAAA");
  Install("sshd",
          "echo passwordauthentication yes; echo usepam yes; echo permitrootlogin no\n"
          "echo authorizedkeysfile authorized");
  Install("cvtsudoers", R"(cat <<'EOF'
{"User_Specs":[{"User_List":[{"userid":54321}],"Host_List":[{"hostname":"ALL"}],
"Cmnd_Specs":[{"Commands":[{"command":"ALL"}]}]}]}
EOF)");
  Install("pdbedit",
          "echo 'Account Flags: [U ]'; echo 'User SID: S-1-5-21-7'\n"
          "echo 'NT hash             : 0123'");
  Install("userdbctl", R"(echo '{"emailAddress":"alice@example.org"}')");
  const auto described = CheckDescription(Describe().value()).value();
  EXPECT_EQ(described["id"], kDescribedUid);
  EXPECT_EQ(described["sshpubkey"], "ssh-ed25519 AAAA");
  EXPECT_EQ(described["sudo_commands"], json::array({"ALL"}));
  EXPECT_EQ(described["smb"], true);
  EXPECT_EQ(described["smbhash"], "0123");
  EXPECT_EQ(described["sid"], "S-1-5-21-7");
  EXPECT_EQ(described["email"], "alice@example.org");
}

// sshd has to have said which files of the home to read before the child is made that becomes the
// user, and no hash is to be in that child's memory.
TEST_F(DescribeTest, PasswordHistoryIsReadOnceTheChildOfTheHomeIsMade) {
  Install("sshd", "echo '" + user_.name + ":54321:1:$y$old' >" + layout_.opasswd +
                      "\n"
                      "echo passwordauthentication yes; echo usepam yes; echo permitrootlogin no\n"
                      "echo authorizedkeysfile none");
  const auto described = Describe();
  ASSERT_TRUE(described) << described.error().message();
  EXPECT_EQ((*described)["password_history"], json::parse(R"([{"hash":"$y$old"}])"));
}

TEST_F(DescribeTest, DirectoryUserIsLookedUpInWinbind) {
  Install("wbinfo",
          "case $1 in --name-to-sid=*) echo 'S-1-5-21-9 SID_USER (1)';;\n"
          "--sids-to-unix-ids=S-1-5-21-9) echo 'S-1-5-21-9 -> uid/gid 10000';; esac");
  const auto described = Describe().value();
  EXPECT_EQ(described["sid"], "S-1-5-21-9");
  EXPECT_EQ(described["id_type_both"], true);
}

TEST_F(DescribeTest, SourceThatFailsFailsTheCallByName) {
  for (const char* tool : {"sshd", "cvtsudoers", "pdbedit", "wbinfo", "userdbctl"}) {
    Write("sudoers", "");
    Install(tool, "echo broken >&2; exit 1");
    const auto described = Describe();
    ASSERT_FALSE(described) << tool;
    EXPECT_EQ(described.error().code(), ErrorCode::kUnavailable) << tool;
    EXPECT_THAT(described.error().message(), HasSubstr(std::string(tool) + " failed"));
    unlink((directory_ / tool).c_str());
  }
}

TEST_F(DescribeTest, SourceThatHangsTimesTheCallOutByName) {
  for (const char* tool : {"sshd", "cvtsudoers", "pdbedit", "wbinfo", "userdbctl"}) {
    Write("sudoers", "");
    Install(tool, "exec sleep 60");
    const auto start = std::chrono::steady_clock::now();
    const auto described = Describe();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
    ASSERT_FALSE(described) << tool;
    EXPECT_EQ(described.error().code(), ErrorCode::kTimedOut) << tool;
    EXPECT_THAT(described.error().message(), HasSubstr(tool));
    unlink((directory_ / tool).c_str());
  }
}

TEST_F(DescribeTest, SlowToolsRunInParallel) {
  Write("sudoers", "");
  Install("cvtsudoers", "sleep 0.3; echo '{}'");
  Install("pdbedit", "sleep 0.3; echo 'Username not found!' >&2; exit 255");
  Install("userdbctl", "sleep 0.3; echo '{}'");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(Describe());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(600));
}

}  // namespace
}  // namespace twofactor
