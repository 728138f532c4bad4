#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/doctor/checks.h"
#include "common/base/unique_fd.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/wire/fake_daemon.h"

namespace twofactor {
namespace {

constexpr uid_t kSomebody = 12345;

// A run directory as the daemon leaves it. It may lie on a disk, which is its own finding.
class RunCheckTest : public testing::Test {
 protected:
  using IdList = std::vector<std::string>;

  RunCheckTest() : paths_(directory_.path()), socket_(ListenAt(paths_.ApiSocket(), 1)) {
    chmod(paths_.ApiSocket().c_str(), 0666);
    for (const std::string& path : {paths_.Index(), paths_.Records(), paths_.Ledger()}) {
      WriteFile(path, "");
    }
  }
  IdList Ids() const {
    IdList ids;
    for (const Finding& finding : CheckRunDirectory(paths_)) {
      if (finding.id != "run.on-disk" && finding.id != "run") {
        ids.push_back(finding.id);
      }
    }
    return ids;
  }

  TempDirectory directory_;
  RunPaths paths_;
  UniqueFd socket_;
};

TEST_F(RunCheckTest, DirectoryOfTheDaemonsAloneIsOk) { EXPECT_EQ(Ids(), IdList{}); }

TEST_F(RunCheckTest, DirectoryInMemoryIsOkAndOneOnDiskIsAWarning) {
  const Findings memory = CheckRunDirectory(RunPaths("/dev/shm"));
  for (const Finding& finding : memory) {
    EXPECT_NE(finding.id, "run.on-disk");
  }
  const Findings proc = CheckRunDirectory(RunPaths("/proc"));
  EXPECT_EQ(proc.back().id, "run.on-disk");
}

TEST_F(RunCheckTest, DirectoryThatIsNotThereOrNoneIsAProblem) {
  EXPECT_EQ(CheckRunDirectory(RunPaths(directory_ / "gone")).at(0).id, "run.missing");
  EXPECT_EQ(CheckRunDirectory(RunPaths(paths_.Index())).at(0).id, "run.no-directory");
  ASSERT_EQ(symlink(".", (directory_ / "link").c_str()), 0);
  EXPECT_EQ(CheckRunDirectory(RunPaths(directory_ / "link")).at(0).id, "run.no-directory");
}

TEST_F(RunCheckTest, DirectoryThatOthersMayWriteIntoIsAProblem) {
  ASSERT_EQ(chmod(directory_.path().c_str(), 0775), 0);
  EXPECT_EQ(Ids(), IdList{"run.open"});
  ASSERT_EQ(chmod(directory_.path().c_str(), 0757), 0);
  EXPECT_EQ(Ids(), IdList{"run.open"});
}

TEST_F(RunCheckTest, SocketThatIsMissingShutOrAFileIsSeen) {
  ASSERT_EQ(chmod(paths_.ApiSocket().c_str(), 0660), 0);
  EXPECT_EQ(Ids(), IdList{"run.socket-mode"});
  ASSERT_EQ(unlink(paths_.ApiSocket().c_str()), 0);
  EXPECT_EQ(Ids(), IdList{"run.socket-missing"});
  WriteFile(paths_.ApiSocket(), "");
  EXPECT_EQ(Ids(), IdList{"run.socket-missing"});
}

TEST_F(RunCheckTest, FileThatIsMissingOrThatOthersMayReadIsAProblem) {
  for (const std::string& path : {paths_.Index(), paths_.Records(), paths_.Ledger()}) {
    ASSERT_EQ(chmod(path.c_str(), 0640), 0);
    EXPECT_EQ(Ids(), IdList{"run.file-open"}) << path;
    ASSERT_EQ(unlink(path.c_str()), 0);
    EXPECT_EQ(Ids(), IdList{"run.file-missing"}) << path;
    WriteFile(path, "");
  }
}

TEST_F(RunCheckTest, LinkInPlaceOfAFileIsAProblem) {
  ASSERT_EQ(rename(paths_.Ledger().c_str(), (directory_ / "elsewhere").c_str()), 0);
  ASSERT_EQ(symlink("elsewhere", paths_.Ledger().c_str()), 0);
  EXPECT_EQ(Ids(), IdList{"run.file-open"});
}

TEST_F(RunCheckTest, AccountsSocketIsForTheDaemonAlone) {
  const UniqueFd accounts = ListenAt(paths_.AccountsSocket(), 1);
  ASSERT_EQ(chmod(paths_.AccountsSocket().c_str(), 0600), 0);
  EXPECT_EQ(Ids(), IdList{});
  ASSERT_EQ(chmod(paths_.AccountsSocket().c_str(), 0666), 0);
  EXPECT_EQ(Ids(), IdList{"run.accounts-open"});
}

TEST_F(RunCheckTest, SomebodyElsesSocketAndFileAreProblems) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  ASSERT_EQ(chown(paths_.ApiSocket().c_str(), kSomebody, kSomebody), 0);
  ASSERT_EQ(chown(paths_.Records().c_str(), kSomebody, kSomebody), 0);
  EXPECT_EQ(Ids(), (IdList{"run.socket-owner", "run.file-open"}));
}

}  // namespace
}  // namespace twofactor
