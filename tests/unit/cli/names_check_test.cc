#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/doctor/checks.h"
#include "cli/doctor/name_sources.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class NamesCheckTest : public testing::Test {
 protected:
  Findings Check(const std::string& passwd) const {
    std::filesystem::create_directories(root_ / "etc");
    WriteFile(root_ / "etc/passwd", passwd);
    return CheckNames(root_.path());
  }

  TempDirectory root_;
};

constexpr const char* kAlice = "alice:x:1000:1000::/home/alice:/bin/bash\n";
constexpr const char* kBob = "bob:x:1001:1001::/home/bob:/bin/bash\n";

TEST_F(NamesCheckTest, TwoNamesOfOneUidAreAWarningThatNamesBoth) {
  const auto findings =
      Check(std::string(kAlice) + kBob + "alicia:x:1000:1000::/home/alice:/bin/bash\n");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "names.one-uid");
  EXPECT_EQ(findings[0].level, Finding::Level::kWarning);
  EXPECT_THAT(findings[0].text, AllOf(HasSubstr("alice, alicia"), HasSubstr("uid 1000")));
  EXPECT_THAT(findings[0].advice, HasSubstr("nullok"));
}

TEST_F(NamesCheckTest, NamesThatCanHaveNoFactorAreWarningsThatSayWhy) {
  const std::string longest(112, 'a');
  for (const std::string& name : {longest + "a", std::string("CORP/alice")}) {
    const auto findings = Check(kBob + name + ":x:1002:1002::/home/x:/bin/bash\n");
    ASSERT_EQ(findings.size(), 1U) << name;
    EXPECT_EQ(findings[0].id, "names.unfit");
    EXPECT_EQ(findings[0].level, Finding::Level::kWarning);
    EXPECT_THAT(findings[0].text, AllOf(HasSubstr(name), HasSubstr("more than 112 bytes")));
    EXPECT_THAT(findings[0].advice, HasSubstr("nullok"));
  }
  EXPECT_TRUE(Check(longest + ":x:1002:1002::/home/x:/bin/bash\n").empty());
}

TEST_F(NamesCheckTest, AUidForEachNameIsNothingToTell) {
  EXPECT_TRUE(Check(std::string(kAlice) + kBob).empty());
  EXPECT_TRUE(CheckNames(root_ / "nowhere").empty());
}

TEST(NameSourcesTest, DirectoriesAreTheSourcesThatMayListNobody) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(DirectoriesIn("passwd: files systemd\ngroup: files sss\n"), Texts());
  EXPECT_EQ(DirectoriesIn("# passwd: ldap\npasswd:\tfiles [!UNAVAIL=return] sss winbind # ldap\n"),
            (Texts{"sss", "winbind"}));
  EXPECT_EQ(DirectoriesIn("passwd: files extrausers\n"), Texts());
  EXPECT_EQ(DirectoriesIn(""), Texts());
}

TEST_F(NamesCheckTest, DirectoryThatListsNobodyIsAWarningThatNamesIt) {
  std::filesystem::create_directories(root_ / "etc");
  WriteFile(root_ / "etc/nsswitch.conf", "passwd: files sss\n");
  const auto findings = Check(kAlice);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "names.not-listed");
  EXPECT_EQ(findings[0].level, Finding::Level::kWarning);
  EXPECT_THAT(findings[0].text, HasSubstr("users of sss"));
  EXPECT_THAT(findings[0].advice, HasSubstr("enumerate"));
}

}  // namespace
}  // namespace twofactor
