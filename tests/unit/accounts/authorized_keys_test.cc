#include "helperd/accounts/sources/authorized_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr uid_t kUser = 54321;

// The home directory of a user who is not root, read as the user.
class AuthorizedKeysTest : public testing::Test {
 protected:
  AuthorizedKeysTest() {
    user_ = {"alice", kUser, kUser, "", directory_ / "home", "/bin/sh"};
    std::filesystem::create_directory(user_.dir);
  }
  void SetUp() override {
    if (geteuid() != 0) {
      GTEST_SKIP() << "skipped: needs root";
    }
  }
  std::string InHome(const std::string& name) const { return user_.dir + "/" + name; }
  void Write(const std::string& path, const std::string& text, mode_t mode, uid_t owner = kUser) {
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    ASSERT_EQ(chown(path.c_str(), owner, owner), 0);
  }
  Result<json> Read(const std::vector<std::string>& paths) {
    auto child = std::move(StartReadingAuthorizedKeys(user_, {kUser}, paths)).value();
    const auto output = child.Finish(std::chrono::steady_clock::now() + std::chrono::seconds(10));
    return ReadAuthorizedKeys(output.value());
  }

  TempDirectory directory_;
  PasswdEntry user_;
};

TEST_F(AuthorizedKeysTest, FilesAreJoinedWithoutTheBlanksAroundThem) {
  Write(InHome("a"), "\nssh-ed25519 A\n", 0600);
  Write(InHome("b"), "ssh-ed25519 B", 0600);
  EXPECT_EQ(Read({InHome("a"), InHome("b"), InHome("none")}).value(),
            "ssh-ed25519 A\n\nssh-ed25519 B");
}

TEST_F(AuthorizedKeysTest, NoFileAndAnEmptyOneAreNull) {
  Write(InHome("empty"), " \n", 0600);
  EXPECT_EQ(Read({InHome("none"), InHome("empty"), InHome("none/below")}).value(), json());
}

TEST_F(AuthorizedKeysTest, LinkToAFileOfRootsShowsNothing) {
  Write(directory_ / "roots", "a secret of root's", 0600, 0);
  std::filesystem::create_symlink(directory_ / "roots", InHome("link"));
  EXPECT_EQ(Read({InHome("link"), directory_ / "roots"}).value(), json());
}

TEST_F(AuthorizedKeysTest, FifoDirectoryAndDeviceAreSkippedWithoutDelay) {
  ASSERT_EQ(mkfifo(InHome("fifo").c_str(), 0666), 0);
  EXPECT_EQ(Read({InHome("fifo"), user_.dir, "/dev/zero"}).value(), json());
}

TEST_F(AuthorizedKeysTest, FileThatIsTooLongIsAnError) {
  Write(InHome("most"), std::string(kMaxAuthorizedKeysBytes, 'x'), 0600);
  EXPECT_EQ(Read({InHome("most")}).value().get<std::string>().size(), kMaxAuthorizedKeysBytes);
  Write(InHome("more"), std::string(kMaxAuthorizedKeysBytes + 1, 'x'), 0600);
  EXPECT_THAT(Read({InHome("more")}).error().message(), HasSubstr("authorized_keys"));
}

TEST_F(AuthorizedKeysTest, UidThatMeansNoChangeIsRefused) {
  user_.uid = static_cast<uid_t>(-1);
  EXPECT_THAT(Read({"/etc/hostname"}).error().message(), HasSubstr("become the user"));
}

TEST_F(AuthorizedKeysTest, ChildIsTheUserAlone) {
  Write(InHome("status"), "", 0600);
  const json status = Read({"/proc/self/status"}).value();
  const auto text = status.get<std::string>();
  EXPECT_THAT(text, HasSubstr("Uid:\t54321\t54321\t54321\t54321"));
  EXPECT_THAT(text, HasSubstr("Gid:\t54321\t54321\t54321\t54321"));
  EXPECT_THAT(text, HasSubstr("Groups:\t54321"));
  EXPECT_THAT(text, HasSubstr("CapEff:\t0000000000000000"));
}

TEST(AuthorizedKeysPathsTest, TokensAndRelativePathsAreExpanded) {
  const PasswdEntry user{"alice", 1000, 1000, "", "/home/alice", ""};
  EXPECT_THAT(
      AuthorizedKeysPaths({".ssh/authorized_keys", "/etc/keys/%u.%U", "%h/k%%", "x%"}, user),
      ElementsAre("/home/alice/.ssh/authorized_keys", "/etc/keys/alice.1000", "/home/alice/k%",
                  "/home/alice/x%"));
  EXPECT_THAT(AuthorizedKeysPaths({"none"}, user), testing::IsEmpty());
}

}  // namespace
}  // namespace twofactor
