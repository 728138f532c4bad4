// The groups of the system, as group.query has them.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>

#include "helperd/accounts/describe_groups.h"
#include "helperd/accounts/sources/local_users.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

using nlohmann::json;

// A system of files in a directory; NSS is the machine's own, and has a group root.
class GroupsTest : public testing::Test {
 protected:
  GroupsTest() {
    layout_.passwd = directory_ / "passwd";
    layout_.group = directory_ / "group";
    layout_.login_defs = directory_ / "login.defs";
    layout_.subgid = directory_ / "subgid";
    layout_.sudoers = directory_ / "sudoers";
    layout_.tool_folders = {directory_.path()};
    layout_.deadline = std::chrono::milliseconds(2000);
  }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name) << text;
  }
  Result<json> Groups(const AccountsRequest& request) {
    Progress progress;
    return DescribeGroups(request, layout_, progress);
  }

  TempDirectory directory_;
  SystemLayout layout_;
  AccountsRequest by_name_{AccountsOp::kListGroups, 0, {}, {}, {"root", "no-such-group"}};
};

TEST_F(GroupsTest, AGroupIsDescribedFromNssAndTheFilesOfEtc) {
  Write("group", "root:x:0:\n");
  Write("passwd", "root:x:0:0::/root:/bin/sh\nann:x:5:0::/:/bin/sh\nbea:x:6:7::/:/bin/sh\n");
  Write("subgid", "root:0:1\n");
  const json groups = CheckGroups(Groups(by_name_).value()).value();
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0]["name"], "root");
  EXPECT_EQ(groups[0]["group"], "root");
  EXPECT_EQ(groups[0]["gid"], 0);
  EXPECT_EQ(groups[0]["id"], 0);
  EXPECT_EQ(groups[0]["local"], true);
  EXPECT_EQ(groups[0]["builtin"], true);
  EXPECT_EQ(groups[0]["immutable"], true);
  EXPECT_EQ(groups[0]["users"], json({0, 5}));
  EXPECT_EQ(groups[0]["userns_idmap"], "DIRECT");
  EXPECT_EQ(groups[0]["sudo_commands"], json::array());
}

TEST_F(GroupsTest, GroupOutsideTheFilesBelongsToADirectory) {
  AccountsRequest by_gid{AccountsOp::kListGroups, 0, {}, {}};
  by_gid.gids = {0};
  const json groups = CheckGroups(Groups(by_gid).value()).value();
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0]["local"], false);
  EXPECT_EQ(groups[0]["id"], 100000000);
  EXPECT_EQ(groups[0]["users"], json::array());
}

TEST_F(GroupsTest, AllAreListedIfNoneIsNamed) {
  const json groups = CheckGroups(Groups({AccountsOp::kListGroups, 0, {}, {}}).value()).value();
  EXPECT_GE(groups.size(), 2U);
}

TEST_F(GroupsTest, UnreadableSudoersPolicyFailsByName) {
  Write("sudoers", "root ALL=(ALL) ALL\n");
  Write("cvtsudoers", "#!/bin/sh\necho broken >&2; exit 1\n");
  chmod((directory_ / "cvtsudoers").c_str(), 0755);
  const auto groups = Groups(by_name_);
  ASSERT_FALSE(groups);
  EXPECT_NE(groups.error().message().find("cvtsudoers"), std::string::npos)
      << groups.error().message();
}

TEST(LocalUsersTest, MalformedLinesAreLeftOut) {
  const auto users = LocalUsers("a:x:1:2::/:/\n\nb:x:x:2::/:/\n+::::::\nc:x:3\nd:x:4:5::/:/");
  ASSERT_EQ(users.size(), 2U);
  EXPECT_EQ(users[0].name, "a");
  EXPECT_EQ(users[0].gid, 2U);
  EXPECT_EQ(users[1].name, "d");
  EXPECT_EQ(users[1].uid, 4U);
}

TEST(GroupMessagesTest, RequestsRoundTrip) {
  AccountsRequest request{AccountsOp::kListGroups, 0, {}, {}, {"a"}};
  request.gids = {7};
  const auto parsed = ParseAccountsRequest(ToText(request)).value();
  EXPECT_EQ(parsed.names, request.names);
  EXPECT_EQ(parsed.gids, request.gids);
  for (const char* text :
       {R"({"op":"list_groups"})", R"({"op":"list_groups","names":[],"gids":[-1]})",
        R"({"op":"list_groups","names":[1],"gids":[]})"}) {
    EXPECT_FALSE(ParseAccountsRequest(text)) << text;
  }
}

}  // namespace
}  // namespace twofactor
