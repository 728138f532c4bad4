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
  uid_t OwnerOf(uid_t uid) { return uids_.OwnerOf(uid, now); }

  SubordinateUids::Moment now{std::chrono::hours(1)};

 private:
  TempDirectory directory_;
  SubordinateUids uids_{directory_ / "subuid"};
};

TEST_F(SubordinateUidsTest, AllThatOneUserWasLentCountAsOne) {
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

TEST_F(SubordinateUidsTest, FileIsReadAgainWhenItIsAnother) {
  EXPECT_EQ(OwnerOf(100'001), 100'001U);
  Write("alice:100000:65536\n");
  now += std::chrono::seconds(1);
  EXPECT_EQ(OwnerOf(100'001), 100'000U);
  Write("alice:100001:65536\nbob:300000:2\n");
  now += std::chrono::seconds(1);
  EXPECT_EQ(OwnerOf(100'002), 100'001U);
  EXPECT_EQ(OwnerOf(300'001), 300'000U);
}

}  // namespace
}  // namespace twofactor
