// Which connections sshd's Match blocks are for.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "cli/doctor/ssh_connection.h"
#include "cli/doctor/ssh_pattern.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

using Texts = std::vector<std::string>;

TEST(SshPatternTest, StarsAndQuestionMarksAreSshds) {
  EXPECT_TRUE(MatchesSshPatterns("alice", "alice"));
  EXPECT_TRUE(MatchesSshPatterns("alice", "bob,al*"));
  EXPECT_TRUE(MatchesSshPatterns("alice", "a????"));
  EXPECT_TRUE(MatchesSshPatterns("", "*"));
  EXPECT_FALSE(MatchesSshPatterns("alice", "a???"));
  EXPECT_FALSE(MatchesSshPatterns("alice", "Alice"));
  EXPECT_FALSE(MatchesSshPatterns("alice", ""));
}

TEST(SshPatternTest, NegatedEntryRefusesAndAloneMatchesNothing) {
  EXPECT_FALSE(MatchesSshPatterns("root", "*,!root"));
  EXPECT_FALSE(MatchesSshPatterns("root", "!root,*"));
  EXPECT_TRUE(MatchesSshPatterns("alice", "*,!root"));
  EXPECT_FALSE(MatchesSshPatterns("alice", "!root"));
}

TEST(SshPatternTest, NetworksAreComparedByTheirBits) {
  EXPECT_TRUE(MatchesSshAddresses("10.9.8.7", "10.0.0.0/8"));
  EXPECT_FALSE(MatchesSshAddresses("11.0.0.1", "10.0.0.0/8"));
  EXPECT_TRUE(MatchesSshAddresses("10.1.2.3", "10.1.2.2/31"));
  EXPECT_FALSE(MatchesSshAddresses("10.1.2.4", "10.1.2.2/31"));
  EXPECT_FALSE(MatchesSshAddresses("10.9.8.7", "*,!10.0.0.0/8"));
  EXPECT_TRUE(MatchesSshAddresses("2001:db8::7", "2001:db8::/32"));
  EXPECT_FALSE(MatchesSshAddresses("2001:db9::7", "2001:db8::/32"));
  EXPECT_TRUE(MatchesSshAddresses("192.168.3.4", "192.168.*"));
  EXPECT_FALSE(MatchesSshAddresses("somewhere", "*"));
}

class SshConfigTest : public testing::Test {
 protected:
  SshConfigTest() { std::filesystem::create_directories(root_ / "etc/ssh/sshd_config.d"); }
  std::vector<SshBlock> Read(const std::string& text) {
    WriteFile(root_ / "etc/ssh/sshd_config", text);
    return ReadSshBlocks(root_.path(), "/etc/ssh/sshd_config");
  }

  TempDirectory root_;
};

TEST_F(SshConfigTest, BlocksHaveTheirCriteriaAndTheirPlace) {
  const auto blocks = Read(
      "UsePAM yes # Match User no\n# Match User no\n"
      "match USER \"alice,bob\" Address=10.0.0.0/8 # more\n  PasswordAuthentication no\n"
      "Match all\n");
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].criteria,
            (std::vector<SshCriterion>{{"user", "alice,bob"}, {"address", "10.0.0.0/8"}}));
  EXPECT_EQ(blocks[0].text, "Match USER alice,bob Address=10.0.0.0/8");
  EXPECT_EQ(blocks[0].place, "/etc/ssh/sshd_config:3");
  EXPECT_EQ(blocks[1].criteria, (std::vector<SshCriterion>{{"all", ""}}));
}

TEST_F(SshConfigTest, IncludedFilesAreReadAndKeepTheBlockAround) {
  WriteFile(root_ / "etc/ssh/sshd_config.d/a.conf", "Match Group wheel\n");
  WriteFile(root_ / "etc/ssh/sshd_config.d/b.conf", "Port 2222\n");
  const auto blocks = Read("Match User alice\nInclude sshd_config.d/*.conf\nMatch User bob\n");
  ASSERT_EQ(blocks.size(), 3U);
  EXPECT_EQ(blocks[1].place, "/etc/ssh/sshd_config.d/a.conf:1");
  EXPECT_EQ(blocks[1].criteria, (std::vector<SshCriterion>{{"user", "alice"}, {"group", "wheel"}}));
  EXPECT_EQ(blocks[2].criteria, (std::vector<SshCriterion>{{"user", "bob"}}));
}

TEST_F(SshConfigTest, CircleOfIncludesEnds) {
  WriteFile(root_ / "etc/ssh/sshd_config.d/a.conf", "Include /etc/ssh/sshd_config.d/a.conf\n");
  EXPECT_TRUE(Read("Include sshd_config.d/a.conf\nInclude nowhere\n").empty());
}

// alice is in wheel, bob in staff, root in root.
class SshConnectionTest : public testing::Test {
 protected:
  static SshPeople People() {
    static const std::map<std::string, Texts> kGroups = {
        {"alice", {"alice", "wheel"}}, {"bob", {"bob", "staff"}}, {"root", {"root"}}};
    SshPeople people;
    people.users = [] { return Texts{"root", "alice", "bob"}; };
    people.groups = [] { return Texts{"root", "alice", "bob", "wheel", "staff", "empty"}; };
    people.groups_of = [](const std::string& user) {
      const auto found = kGroups.find(user);
      return found == kGroups.end() ? Texts() : found->second;
    };
    people.members = [](const std::string& group) {
      Texts members;
      for (const auto& [user, groups] : kGroups) {
        if (std::find(groups.begin(), groups.end(), group) != groups.end()) {
          members.push_back(user);
        }
      }
      return members;
    };
    return people;
  }
  // For a block with these criteria, among others.
  static std::optional<SshConnection> Find(const std::vector<SshCriterion>& criteria,
                                           std::vector<SshBlock> others = {},
                                           const std::string& user = "") {
    const SshBlock block{"Match", "here", criteria};
    others.push_back(block);
    return FindConnection(block, others, People(), user);
  }
};

TEST_F(SshConnectionTest, EveryCriterionOfTheBlockHolds) {
  const auto found = Find({{"user", "back*,!backup"},
                           {"host", "*.example.org"},
                           {"address", "10.0.0.0/8,!10.0.0.0/24"},
                           {"localaddress", "192.168.*"},
                           {"localport", "22??"}});
  ASSERT_TRUE(found);
  EXPECT_TRUE(MatchesSshPatterns(found->user, "back*,!backup")) << found->user;
  EXPECT_TRUE(MatchesSshPatterns(found->host, "*.example.org")) << found->host;
  EXPECT_TRUE(MatchesSshAddresses(found->address, "10.0.0.0/8,!10.0.0.0/24")) << found->address;
  EXPECT_TRUE(MatchesSshAddresses(found->local_address, "192.168.*")) << found->local_address;
  EXPECT_TRUE(MatchesSshPatterns(found->local_port, "22??")) << found->local_port;
}

TEST_F(SshConnectionTest, GroupsAreThoseOfTheirMembers) {
  EXPECT_EQ(Find({{"group", "wheel"}})->user, "alice");
  EXPECT_EQ(Find({{"group", "st*"}})->user, "bob");
  EXPECT_EQ(Find({{"group", "*,!wheel,!root"}})->user, "bob");
  EXPECT_FALSE(Find({{"group", "wheel"}, {"user", "bob"}}));
}

TEST_F(SshConnectionTest, BlockForNobodyHasNoConnection) {
  EXPECT_FALSE(Find({{"group", "empty"}}));
  EXPECT_FALSE(Find({{"user", "!root"}}));
  EXPECT_FALSE(Find({{"user", "alice"}, {"user", "bob"}}));
  EXPECT_FALSE(Find({{"address", "10.0.0.0/8,!10.0.0.0/8"}}));
  EXPECT_FALSE(Find({{"phase", "moon"}}));
}

TEST_F(SshConnectionTest, OtherBlocksAreAvoidedWhereThatIsPossible) {
  const std::vector<SshBlock> others = {{"", "", {{"user", "alice"}}},
                                        {"", "", {{"address", "192.0.2.0/24"}}},
                                        {"", "", {{"localport", "22"}}}};
  const auto plain = Find({}, others);
  ASSERT_TRUE(plain);
  EXPECT_NE(plain->user, "alice");
  EXPECT_FALSE(MatchesSshAddresses(plain->address, "192.0.2.0/24"));
  EXPECT_NE(plain->local_port, "22");
  EXPECT_EQ(Find({{"user", "alice,bob"}}, others)->user, "bob");
  EXPECT_EQ(Find({{"user", "alice"}}, others)->user, "alice");
}

TEST_F(SshConnectionTest, UserThatIsNamedIsTakenWhereTheBlockIsForThatUser) {
  EXPECT_EQ(Find({{"address", "10.0.0.0/8"}}, {}, "root")->user, "root");
  EXPECT_FALSE(Find({{"user", "*,!root"}}, {}, "root"));
  EXPECT_FALSE(Find({{"group", "wheel"}}, {}, "root"));
}

TEST_F(SshConnectionTest, SpecificationIsWhatSshdTakes) {
  const SshConnection connection{"alice", "h", "10.0.0.1", "10.0.0.2", "22", ""};
  EXPECT_EQ(connection.ToSpecification(),
            "user=alice,host=h,addr=10.0.0.1,laddr=10.0.0.2,lport=22");
}

}  // namespace
}  // namespace twofactor
