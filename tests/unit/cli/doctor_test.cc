#include <gtest/gtest.h>

#include <filesystem>

#include "cli/doctor/checks.h"
#include "cli/doctor/pam_stack.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

// A tree with these PAM files, and the ids of what doctor finds in it.
class DoctorTest : public testing::Test {
 protected:
  DoctorTest() {
    std::filesystem::create_directories(root_ / "etc/pam.d");
    std::filesystem::create_directories(root_ / "usr/lib/security");
    WriteFile(root_ / "usr/lib/security/pam_twofactor.so", "");
  }
  void Service(const std::string& name, const std::string& text) {
    WriteFile(root_ / ("etc/pam.d/" + name), text);
  }
  std::vector<std::string> Ids() const {
    std::vector<std::string> ids;
    for (const Finding& finding : CheckPam(root_.path())) {
      ids.push_back(finding.id);
    }
    return ids;
  }
  using IdList = std::vector<std::string>;

  TempDirectory root_;
};

TEST_F(DoctorTest, RightStackIsOk) {
  Service("sshd", "@include common-auth\n");
  Service("common-auth", "auth required pam_unix.so\nauth required pam_twofactor.so\n");
  EXPECT_EQ(Ids(), (IdList{"pam.common-auth", "pam.sshd"}));
}

TEST_F(DoctorTest, SufficientLineBeforeTheModuleSkipsIt) {
  Service("sudo", "auth sufficient pam_unix.so\nauth required pam_twofactor.so\n");
  EXPECT_EQ(Ids(), IdList{"pam.sudo.skipped"});
}

TEST_F(DoctorTest, JumpThatEndsBehindTheModuleSkipsItAndOneBeforeItDoesNot) {
  Service("a",
          "auth [success=2 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n"
          "auth required pam_twofactor.so\nauth required pam_permit.so\n");
  Service("b",
          "auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n"
          "auth required pam_twofactor.so\n");
  EXPECT_EQ(Ids(), (IdList{"pam.a.skipped", "pam.b"}));
}

TEST_F(DoctorTest, NullokAndOptionalAreSeen) {
  Service("x", "auth required pam_twofactor.so nullok\n");
  Service("y", "auth optional pam_twofactor.so\n");
  EXPECT_EQ(Ids(), (IdList{"pam.x.nullok", "pam.y.not-required"}));
}

TEST_F(DoctorTest, MissingModuleAndUnusedModuleAreSeen) {
  EXPECT_EQ(Ids(), IdList{"pam.not-used"});
  Service("x", "auth required pam_twofactor.so\n");
  std::filesystem::remove(root_ / "usr/lib/security/pam_twofactor.so");
  EXPECT_EQ(Ids(), (IdList{"pam.x", "pam.module-missing"}));
}

TEST(PamStackTest, IncludesThatTurnInACircleEnd) {
  const ReadService read = [](const std::string&) {
    return std::optional<std::string>("auth include x\nauth required pam_a.so\n");
  };
  EXPECT_LE(ReadAuthStack("x", read).size(), 17U);
}

TEST(PamStackTest, ContinuedLinesCommentsAndBracketsAreRead) {
  const ReadService read = [](const std::string&) {
    return std::optional<std::string>(
        "# auth required pam_no.so\n-auth [success=1 \\\n default=ignore] /lib/pam_a.so [a b] c # "
        "d\n"
        "account required pam_no.so\n");
  };
  const auto stack = ReadAuthStack("x", read);
  ASSERT_EQ(stack.size(), 1U);
  EXPECT_EQ(stack[0].module, "pam_a.so");
  EXPECT_EQ(stack[0].arguments, (std::vector<std::string>{"[a b]", "c"}));
  EXPECT_EQ(stack[0].control, "[success=1 default=ignore]");
  EXPECT_EQ(stack[0].path, "/lib/pam_a.so");
}

}  // namespace
}  // namespace twofactor
