#include "helperd/twofactord/rpc/subordinate_uids.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

class SubordinateUidsTest : public testing::Test {
 protected:
  void Write(const std::string& text) { std::ofstream(path()) << text; }
  std::string path() const { return directory_ / "subuid"; }
  void WritePasswd(const std::string& text) { std::ofstream(directory_ / "passwd") << text; }
  uid_t OwnerOf(uid_t uid) { return uids_.OwnerOf(uid, now); }
  void Know(const std::string& name, uid_t uid) { uids_.Know(name, uid); }

  SubordinateUids::Moment now{std::chrono::hours(1)};

 private:
  TempDirectory directory_;
  SubordinateUids uids_{directory_ / "subuid", directory_ / "passwd"};
};

TEST_F(SubordinateUidsTest, AllUidsLentToAUserCountAsOne) {
  Write("alice:100000:65536\nbob:165536:65536\nalice:500000:10\n");
  EXPECT_EQ(OwnerOf(100'000), 100'000U);
  EXPECT_EQ(OwnerOf(165'535), 100'000U);
  EXPECT_EQ(OwnerOf(500'009), 100'000U);
  EXPECT_EQ(OwnerOf(165'536), 165'536U);
  EXPECT_EQ(OwnerOf(231'071), 165'536U);
}

TEST_F(SubordinateUidsTest, OthersCountAsThemselves) {
  Write("alice:100000:65536\n");
  for (const uid_t uid : {0U, 1'000U, 99'999U, 165'536U, 4'294'967'294U}) {
    EXPECT_EQ(OwnerOf(uid), uid);
  }
}

TEST_F(SubordinateUidsTest, NoFileLendsNothing) { EXPECT_EQ(OwnerOf(100'000), 100'000U); }

TEST_F(SubordinateUidsTest, LinesOfAnotherFormLendNothing) {
  Write(
      "\n#alice:100000:65536\nalice\nalice:1:\nalice:x:5\nalice:5:x\nalice:-1:5\nalice:7:0\n"
      "alice:0:100000\nalice:4294967295:2\nalice:5000000000:1\nalice:10:18446744073709551615\n"
      "bob:200000:10\n");
  for (const uid_t uid : {0U, 1U, 7U, 10U, 1'000U, 4'294'967'295U}) {
    EXPECT_EQ(OwnerOf(uid), uid);
  }
  EXPECT_EQ(OwnerOf(200'009), 200'000U);
}

TEST_F(SubordinateUidsTest, FileIsReadAgainWhenItChanges) {
  EXPECT_EQ(OwnerOf(100'001), 100'001U);
  Write("alice:100000:65536\n");
  now += std::chrono::seconds(1);
  EXPECT_EQ(OwnerOf(100'001), 100'000U);
  Write("alice:100001:65536\nbob:300000:2\n");
  now += std::chrono::seconds(1);
  EXPECT_EQ(OwnerOf(100'002), 100'001U);
  EXPECT_EQ(OwnerOf(300'001), 300'000U);
}

TEST_F(SubordinateUidsTest, TheyCountWithTheUsersOwnUid) {
  WritePasswd("root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nbob:x:1001\n");
  Write("alice:100000:65536\n1001:165536:65536\nalice:500000:10\n");
  for (const uid_t uid : {1'000U, 100'000U, 165'535U, 500'009U}) {
    EXPECT_EQ(OwnerOf(uid), 1'000U);
  }
  EXPECT_EQ(OwnerOf(1'001), 1'001U);
  EXPECT_EQ(OwnerOf(165'536), 1'001U);
}

TEST_F(SubordinateUidsTest, RootsContainersAreNotRoot) {
  WritePasswd("root:x:0:0::/root:/bin/sh\n");
  Write("root:100000:65536\n0:300000:10\n");
  EXPECT_EQ(OwnerOf(100'007), 100'000U);
  EXPECT_EQ(OwnerOf(300'007), 300'000U);
}

TEST_F(SubordinateUidsTest, DirectoryUserIsLearnedAndLocalUserIsNot) {
  WritePasswd("alice:x:1000:1000::/home/alice:/bin/sh\n");
  Write("alice:100000:65536\nldap-user:200000:65536\n");
  EXPECT_EQ(OwnerOf(200'001), 200'000U);
  Know("ldap-user", 5000);
  Know("alice", 5001);
  Know("nobody-of-the-file", 5002);
  EXPECT_EQ(OwnerOf(200'001), 5'000U);
  EXPECT_EQ(OwnerOf(100'001), 1'000U);
}

TEST_F(SubordinateUidsTest, UidsThatWereLentOnCountWithTheFirstLender) {
  WritePasswd("alice:x:1000:1000::/home/alice:/bin/sh\n");
  Write("alice:100000:65536\n100005:200000:10\n");
  EXPECT_EQ(OwnerOf(200'001), 1'000U);
  // Nor does a circle hang.
  Write("300001:300000:10\n300000:300010:10\n300011:300020:10\n");
  now += std::chrono::seconds(1);
  EXPECT_EQ(OwnerOf(300'021), 300'001U);
}

TEST_F(SubordinateUidsTest, PasswdIsReadAgainToo) {
  Write("alice:100000:65536\n");
  EXPECT_EQ(OwnerOf(100'001), 100'000U);
  WritePasswd("alice:x:1000:1000::/home/alice:/bin/sh\n");
  now += std::chrono::seconds(1);
  EXPECT_EQ(OwnerOf(100'001), 1'000U);
}

}  // namespace
}  // namespace twofactor
