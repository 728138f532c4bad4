#include "helperd/twofactord/instance_lock.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/start/start_fixture.h"

namespace twofactor {
namespace {

using testing::HasSubstr;

using InstanceLockTest = StartFixture;
using DirectoryTest = StartFixture;

uid_t OwnerOf(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0 ? status.st_uid : static_cast<uid_t>(-1);
}

TEST_F(InstanceLockTest, OneDaemonHasAStateDirectoryAndARunDirectory) {
  {
    const auto first_state = LockStateDirectory(state());
    const auto first_run = LockRunDirectory(run(), std::nullopt);
    ASSERT_TRUE(first_state) << first_state.error().message();
    ASSERT_TRUE(first_run) << first_run.error().message();
    const auto state_again = LockStateDirectory(state());
    const auto run_again = LockRunDirectory(run(), std::nullopt);
    ASSERT_FALSE(state_again);
    ASSERT_FALSE(run_again);
    EXPECT_EQ(state_again.error().code(), ErrorCode::kConflict);
    EXPECT_THAT(state_again.error().message(),
                HasSubstr("another twofactord uses " + state().directory()));
    EXPECT_THAT(run_again.error().message(),
                HasSubstr("another twofactord uses " + run().directory()));
  }
  EXPECT_TRUE(LockStateDirectory(state()));
  EXPECT_TRUE(LockRunDirectory(run(), std::nullopt));
}

TEST_F(InstanceLockTest, LockFileIsForTheOwnerAlone) {
  ASSERT_TRUE(LockRunDirectory(run(), std::nullopt));
  struct stat status {};
  ASSERT_EQ(stat(run().Lock().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(InstanceLockTest, LockFileThatRootLeftKeepsTheDaemonsUserOutNoLonger) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  constexpr uid_t kUser = 12345;
  ASSERT_EQ(chmod(directory_.path().c_str(), 0755), 0);
  ASSERT_EQ(chown(run().directory().c_str(), kUser, kUser), 0);
  ASSERT_TRUE(LockRunDirectory(run(), std::nullopt));
  EXPECT_EQ(OwnerOf(run().Lock()), 0U);
  ASSERT_EQ(seteuid(kUser), 0);
  const auto locked = LockRunDirectory(run(), std::nullopt);
  ASSERT_EQ(seteuid(0), 0);
  EXPECT_TRUE(locked) << locked.error().message();
  EXPECT_EQ(OwnerOf(run().Lock()), kUser);
}

TEST_F(InstanceLockTest, LockFileGoesToTheDaemonsUser) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  ASSERT_TRUE(LockRunDirectory(run(), DaemonUser{12345, 12345}));
  EXPECT_EQ(OwnerOf(run().Lock()), 12345U);
}

TEST_F(DirectoryTest, LinkInItsPlaceIsRefusedAndWhatItLeadsToStaysAsItIs) {
  const std::string target = directory_ / "of-somebody-else";
  const std::string link = directory_ / "link";
  std::filesystem::create_directory(target);
  ASSERT_EQ(chmod(target.c_str(), 0711), 0);
  ASSERT_EQ(symlink(target.c_str(), link.c_str()), 0);
  const std::optional<DaemonUser> owner =
      geteuid() == 0 ? std::optional(DaemonUser{12345, 12345}) : std::nullopt;
  for (const std::string& path : {link, link + "/"}) {
    const auto made = MakeDirectory(path, 0755, owner);
    ASSERT_FALSE(made) << path;
    EXPECT_THAT(made.error().message(), HasSubstr("is a symbolic link"));
    EXPECT_FALSE(LockRunDirectory(RunPaths(path), owner)) << path;
    EXPECT_FALSE(LockStateDirectory(StatePaths(path))) << path;
  }
  struct stat status {};
  ASSERT_EQ(stat(target.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, geteuid());
  EXPECT_EQ(status.st_mode & 07777, 0711U);
  EXPECT_TRUE(std::filesystem::is_empty(target));
}

}  // namespace
}  // namespace twofactor
