// Units of systemd that shut root's programs in.
#include "cli/doctor/unit_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/doctor/checks.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using IdList = std::vector<std::string>;

class UnitCheckTest : public testing::Test {
 protected:
  UnitCheckTest() {
    for (const char* folder : {"etc/pam.d", "etc/systemd/system", "usr/lib/systemd/system"}) {
      std::filesystem::create_directories(root_ / folder);
    }
    WriteFile(root_ / "etc/pam.d/polkit-1",
              "auth required pam_unix.so\nauth required pam_twofactor.so\n");
  }
  // As polkit brings it, with these lines more.
  Findings Check(const std::string& lines) const {
    WriteFile(
        root_ / "usr/lib/systemd/system/polkit-agent-helper@.service",
        "[Unit]\nDescription=x\n\n[Service]\nExecStart=/usr/lib/polkit-agent-helper-1\n" + lines);
    return CheckUnits(root_.path());
  }
  IdList Ids(const std::string& lines) const {
    IdList ids;
    for (const Finding& finding : Check(lines)) {
      ids.push_back(finding.id);
    }
    return ids;
  }
  void DropIn(const std::string& name, const std::string& lines) {
    const std::string folder = root_ / "etc/systemd/system/polkit-agent-helper@.service.d";
    std::filesystem::create_directories(folder);
    WriteFile(folder + "/" + name, "[Service]\n" + lines);
  }

  TempDirectory root_;
};

TEST_F(UnitCheckTest, UnitThatIsOpenIsNothingToTell) {
  EXPECT_THAT(Ids("ProtectSystem=full\nPrivateTmp=yes\nPrivateUsers=no\n"), IsEmpty());
}

TEST_F(UnitCheckTest, StrictSystemIsAWarningWithTheDropInThatOpensTheStore) {
  const Findings findings = Check("ProtectSystem=strict\n");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "pam.polkit-1.shut-in");
  EXPECT_EQ(findings[0].level, Finding::Level::kWarning);
  EXPECT_THAT(findings[0].text,
              AllOf(HasSubstr("polkit-agent-helper@.service"), HasSubstr("ProtectSystem=strict")));
  EXPECT_THAT(findings[0].advice,
              AllOf(HasSubstr("ReadWritePaths=-/run/twofactor"),
                    HasSubstr("/etc/systemd/system/polkit-agent-helper@.service.d/")));
  DropIn("twofactor.conf", "ReadWritePaths=-/run/twofactor\n");
  EXPECT_THAT(Ids("ProtectSystem=strict\n"), IsEmpty());
}

TEST_F(UnitCheckTest, WritableFolderAboveTheStoreOpensIt) {
  for (const char* path : {"/run", "/run/", "-/run/twofactor", "/"}) {
    EXPECT_THAT(Ids("ProtectSystem=strict\nReadWritePaths=/var/x " + std::string(path) + "\n"),
                IsEmpty())
        << path;
  }
  EXPECT_THAT(Ids("ProtectSystem=strict\nReadWritePaths=/run/two /run/twofactors\n"),
              ElementsAre("pam.polkit-1.shut-in"));
  EXPECT_THAT(Ids("ReadOnlyPaths=/run/twofactor\nReadWritePaths=/run\n"),
              ElementsAre("pam.polkit-1.shut-in"));
}

TEST_F(UnitCheckTest, CapabilityToWriteToTheDaemonsFilesIsNeeded) {
  for (const char* lines :
       {"CapabilityBoundingSet=CAP_DAC_READ_SEARCH CAP_CHOWN\n", "CapabilityBoundingSet=\n",
        "CapabilityBoundingSet=~CAP_DAC_OVERRIDE CAP_CHOWN\n"}) {
    EXPECT_THAT(Ids(lines), ElementsAre("pam.polkit-1.shut-in")) << lines;
  }
  for (const char* lines :
       {"CapabilityBoundingSet=CAP_CHOWN\nCapabilityBoundingSet=CAP_DAC_OVERRIDE\n",
        "CapabilityBoundingSet=~CAP_CHOWN\n"}) {
    EXPECT_THAT(Ids(lines), IsEmpty()) << lines;
  }
}

TEST_F(UnitCheckTest, UsersOfItsOwnShutRootOut) {
  EXPECT_THAT(Ids("PrivateUsers=yes\n"), ElementsAre("pam.polkit-1.shut-in"));
}

TEST_F(UnitCheckTest, HiddenStoreIsAProblem) {
  for (const char* lines :
       {"InaccessiblePaths=-/run/twofactor\n", "TemporaryFileSystem=/run:ro\n"}) {
    const Findings findings = Check(lines);
    ASSERT_EQ(findings.size(), 1U) << lines;
    EXPECT_EQ(findings[0].id, "pam.polkit-1.hidden-store");
    EXPECT_EQ(findings[0].level, Finding::Level::kProblem);
  }
  EXPECT_THAT(Ids("TemporaryFileSystem=/run\nBindPaths=/run/twofactor\n"), IsEmpty());
}

TEST_F(UnitCheckTest, OtherUsersAndServicesWithoutACodeAreNotJudged) {
  EXPECT_THAT(Ids("ProtectSystem=strict\nUser=polkitd\n"), IsEmpty());
  WriteFile(root_ / "etc/pam.d/polkit-1", "auth required pam_unix.so\n");
  EXPECT_THAT(Ids("ProtectSystem=strict\n"), IsEmpty());
}

TEST_F(UnitCheckTest, AdministratorsUnitTakesThePlaceOfTheVendors) {
  WriteFile(root_ / "etc/systemd/system/polkit-agent-helper@.service",
            "[Service]\nProtectSystem=no\n");
  EXPECT_THAT(Ids("ProtectSystem=strict\n"), IsEmpty());
}

TEST_F(UnitCheckTest, LaterSettingAndAnEmptyOneCount) {
  DropIn("a.conf", "InaccessiblePaths=\n");
  EXPECT_THAT(Ids("InaccessiblePaths=/run\n"), IsEmpty());
  DropIn("b.conf", "ProtectSystem=strict\n");
  EXPECT_THAT(Ids("ProtectSystem=no\n"), ElementsAre("pam.polkit-1.shut-in"));
}

}  // namespace
}  // namespace twofactor
