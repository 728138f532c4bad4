#include <gtest/gtest.h>

#include "helperd/accounts/answer.h"
#include "helperd/accounts/sources/local_users.h"
#include "helperd/accounts/sources/login_defs.h"
#include "helperd/accounts/sources/opasswd.h"
#include "helperd/accounts/sources/passwd.h"
#include "helperd/accounts/sources/shadow.h"
#include "helperd/accounts/sources/shells.h"
#include "helperd/accounts/sources/subuid.h"

namespace twofactor {
namespace {

using nlohmann::json;

TEST(LoginDefsTest, RangesAreReadAndHaveDefaults) {
  const IdRanges ranges = ParseLoginDefs("# UID_MIN 1\nUID_MIN\t\t 500\nUID_MAX 600 \nGID_MAX x\n");
  EXPECT_EQ(ranges.uid_min, 500U);
  EXPECT_EQ(ranges.gid_max, 60000U);
  EXPECT_TRUE(ranges.IsBuiltinUid(499) && ranges.IsBuiltinUid(601));
  EXPECT_FALSE(ranges.IsBuiltinUid(500) || ranges.IsBuiltinUid(600));
}

TEST(LocalUsersTest, WholeNamesCount) {
  EXPECT_TRUE(IsInPasswdFile("root:x:0:0::/:\nalice:x:1:1::/:\n", "alice"));
  EXPECT_FALSE(IsInPasswdFile("alice2:x:1:1::/:\n", "alice"));
}

TEST(SubuidTest, RootsOwnMapIsDirectAndOneUidIsItself) {
  EXPECT_EQ(UsernsIdmapOf("root:1000:1\n", "alice", 1000), "DIRECT");
  EXPECT_EQ(UsernsIdmapOf("alice:200000:1\n", "alice", 1000), 200000);
  EXPECT_EQ(UsernsIdmapOf("1000:200000:1\n", "alice", 1000), 200000);
  EXPECT_EQ(UsernsIdmapOf("alice:100000:65536\n", "alice", 1000), json());
  EXPECT_EQ(UsernsIdmapOf("bob:1:1\nnonsense\n", "alice", 1000), json());
}

TEST(SubuidTest, OnlyAPossibleUidIsATarget) {
  EXPECT_EQ(UsernsIdmapOf("alice:1:1\n", "alice", 1000), 1);
  EXPECT_EQ(UsernsIdmapOf("alice:4294967294:1\n", "alice", 1000), 4294967294);
  for (const char* first : {"0", "4294967295", "18446744073709551615"}) {
    EXPECT_EQ(UsernsIdmapOf(std::string("alice:") + first + ":1\n", "alice", 1000), json())
        << first;
  }
}

TEST(OpasswdTest, LastTenAreKept) {
  std::string line = "alice:1000:12:h0";
  for (int i = 1; i < 12; ++i) {
    line += ",h" + std::to_string(i);
  }
  const json history = PasswordHistoryOf("bob:1:1:x\n" + line + "\n", "alice");
  ASSERT_EQ(history.size(), 10U);
  EXPECT_EQ(history[0]["hash"], "h2");
  EXPECT_TRUE(PasswordHistoryOf("", "alice").is_null());
}

TEST(ShadowTest, TellsLockedFromDisabled) {
  EXPECT_FALSE(HasNoUsableHash({"$y$x"}));
  EXPECT_TRUE(HasNoUsableHash({"*"}) && HasNoUsableHash({"!"}) && HasNoUsableHash({"!!"}));
  EXPECT_TRUE(HasNoUsableHash({"!$y$x"}));
  EXPECT_TRUE(IsLocked({"!$y$x"}, 0));
  EXPECT_FALSE(IsLocked({"!"}, 0));
  EXPECT_FALSE(IsLocked({"!*"}, 0));
  EXPECT_FALSE(IsLocked({"$y$x"}, 0));
  EXPECT_TRUE(IsLocked({"$y$x", -1, 100}, 100));
  EXPECT_FALSE(IsLocked({"$y$x", -1, 100}, 99));
}

TEST(ShellsTest, CommentsAndBlanksAreNotShells) {
  EXPECT_EQ(ParseShells("# /no\n\n/bin/sh\n/usr/bin/bash # x\nrelative\n"),
            json({{"/bin/sh", "sh"}, {"/usr/bin/bash", "bash"}}));
}

TEST(AnswerTest, RootOfThisSystemIsDescribedWithEveryField) {
  Progress progress;
  const auto described = Answer({AccountsOp::kDescribeUser, 0, {}, "root"}, {}, progress);
  ASSERT_TRUE(described) << described.error().message();
  EXPECT_TRUE(CheckDescription(*described)) << CheckDescription(*described).error().message();
  EXPECT_EQ((*described)["uid"], 0);
  EXPECT_TRUE((*described)["builtin"]);
}

TEST(AnswerTest, MissingUserIsReportedAsSuch) {
  Progress progress;
  for (const char* name : {"no such user", "", "a/b"}) {
    const auto found = Answer({AccountsOp::kFindUser, 0, {}, name}, {}, progress);
    EXPECT_EQ(found.error().code(), ErrorCode::kNoSuchUser) << name;
  }
}

TEST(PasswdTest, FullNameEndsAtTheFirstComma) {
  PasswdEntry entry;
  entry.gecos = "Alice A,Room 1,,";
  EXPECT_EQ(FullNameOf(entry), "Alice A");
}

}  // namespace
}  // namespace twofactor
