#include "helperd/accounts/sources/sudoers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twofactor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kEverybody = R"([{"username":"ALL"}])";
const std::string kEverywhere = R"([{"hostname":"ALL"}])";
const std::string kNopasswd = R"([{"authenticate":false}])";
const std::string kPasswd = R"([{"authenticate":true}])";

// One rule, each part as cvtsudoers writes it.
std::string Rule(const std::string& users, const std::string& hosts, const std::string& commands,
                 const std::string& options = "[]") {
  return R"({"User_List":)" + users + R"(,"Host_List":)" + hosts +
         R"(,"Cmnd_Specs":[{"Commands":)" + commands + R"(,"Options":)" + options + "}]}";
}

SudoersPolicy Read(const std::string& rules, const std::string& defaults = "") {
  const std::string policy = R"({"Defaults":[)" + defaults + R"(],"User_Specs":[)" + rules + "]}";
  return std::move(SudoersPolicy::Read({0, policy, ""})).value();
}

SudoersPolicy::Subject Alice() { return {"alice", 1000, {1000, 27}, {"sudo"}, {"ng"}, {}, {}}; }

bool RuleForMeansAlice(const std::string& users) {
  const auto policy = Read(Rule(users, kEverywhere, R"([{"command":"ALL"}])"));
  return !policy.CommandsOf(Alice()).with_password.empty();
}

TEST(SudoersTest, RuleAppliesByNameUidGroupGidNetgroupAndAll) {
  for (const char* member :
       {R"({"username":"alice"})", R"({"userid":1000})", R"({"usergroup":"sudo"})",
        R"({"usergid":27})", R"({"netgroup":"ng"})", R"({"username":"ALL"})"}) {
    EXPECT_TRUE(RuleForMeansAlice("[" + std::string(member) + "]")) << member;
  }
}

TEST(SudoersTest, RuleForOthersDoesNotApply) {
  for (const char* member :
       {R"({"username":"bob"})", R"({"userid":0})", R"({"usergroup":"wheel"})", R"({"usergid":28})",
        R"({"netgroup":"other"})", R"({"nonunixgroup":"sudo"})", R"({"useralias":"ALICE"})"}) {
    EXPECT_FALSE(RuleForMeansAlice("[" + std::string(member) + "]")) << member;
  }
}

TEST(SudoersTest, LastMemberThatMatchesDecides) {
  const std::string all = R"({"username":"ALL"})";
  const std::string alice = R"({"username":"alice"})";
  const std::string not_alice = R"({"username":"alice","negated":true})";
  EXPECT_FALSE(RuleForMeansAlice("[" + all + "," + not_alice + "]"));
  EXPECT_TRUE(RuleForMeansAlice("[" + not_alice + "," + all + "]"));
  EXPECT_TRUE(RuleForMeansAlice("[" + all + "," + not_alice + "," + alice + "]"));
  EXPECT_FALSE(RuleForMeansAlice("[" + not_alice + "]"));
}

TEST(SudoersTest, TagsDivideTheCommands) {
  const auto commands =
      Read(Rule(kEverybody, kEverywhere, R"([{"command":"/a"},{"command":"/b","negated":true}])") +
           "," + Rule(kEverybody, kEverywhere, R"([{"command":"/c x"}])", kNopasswd))
          .CommandsOf(Alice());
  EXPECT_THAT(commands.with_password, ElementsAre("/a", "!/b"));
  EXPECT_THAT(commands.without_password, ElementsAre("/c x"));
}

TEST(SudoersTest, LastRuleForTheSameCommandCounts) {
  const auto commands =
      Read(Rule(kEverybody, kEverywhere, R"([{"command":"/a"},{"command":"/b"}])") + "," +
           Rule(kEverybody, kEverywhere, R"([{"command":"/a"}])", kNopasswd) + "," +
           Rule(kEverybody, kEverywhere, R"([{"command":"/b","negated":true}])"))
          .CommandsOf(Alice());
  EXPECT_THAT(commands.with_password, ElementsAre("!/b"));
  EXPECT_THAT(commands.without_password, ElementsAre("/a"));
}

TEST(SudoersTest, DefaultsMayTurnThePasswordOffAndATagTurnsItOn) {
  const std::string rules = Rule(kEverybody, kEverywhere, R"([{"command":"/a"}])") + "," +
                            Rule(kEverybody, kEverywhere, R"([{"command":"/b"}])", kPasswd);
  for (const char* binding : {"", R"("Binding":[{"usergroup":"sudo"}],)"}) {
    const auto commands =
        Read(rules, "{" + std::string(binding) + R"("Options":)" + kNopasswd + "}")
            .CommandsOf(Alice());
    EXPECT_THAT(commands.without_password, ElementsAre("/a"));
    EXPECT_THAT(commands.with_password, ElementsAre("/b"));
  }
  const auto commands =
      Read(rules, R"({"Binding":[{"username":"bob"}],"Options":)" + kNopasswd + "}")
          .CommandsOf(Alice());
  EXPECT_THAT(commands.without_password, IsEmpty());
}

TEST(SudoersTest, RulesForOtherHostsDoNotApply) {
  auto subject = Alice();
  subject.host.name = "here.example.org";
  const auto policy =
      Read(Rule(kEverybody, R"([{"hostname":"here"}])", R"([{"command":"/a"}])") + "," +
           Rule(kEverybody, R"([{"hostname":"there"}])", R"([{"command":"/b"}])") + "," +
           Rule(kEverybody, R"([{"hostname":"ALL"},{"hostname":"he*","negated":true}])",
                R"([{"command":"/c"}])"));
  EXPECT_THAT(policy.CommandsOf(subject).with_password, ElementsAre("/a"));
}

TEST(SudoersTest, GroupsAndNetgroupsOfAllListsAreNamed) {
  const auto policy =
      Read(Rule(R"([{"usergroup":"g1"}])", R"([{"netgroup":"n1"}])", R"([{"command":"/a"}])"),
           R"({"Binding":[{"usergroup":"g2"}],"Options":)" + kNopasswd + "}");
  EXPECT_THAT(policy.groups(), ElementsAre("g1", "g2"));
  EXPECT_THAT(policy.netgroups(), ElementsAre("n1"));
}

TEST(SudoersTest, PolicyWithoutRulesAllowsNothing) {
  const auto policy = std::move(SudoersPolicy::Read({0, "{}", ""})).value();
  EXPECT_THAT(policy.CommandsOf(Alice()).with_password, IsEmpty());
}

// From cvtsudoers 1.9.13 (-f json -e -d global,user,host), but for white space.
constexpr const char* kRecorded = R"({"Defaults":[
{"Options":[{"env_reset":true}]},
{"Options":[{"secure_path":"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}]},
{"Binding":[{"hostname":"testhost"}],"Options":[{"operation":"list_add","env_keep":["X"]}]}],
"User_Specs":[
{"User_List":[{"username":"root"}],"Host_List":[{"hostname":"ALL"}],"Cmnd_Specs":[
 {"runasusers":[{"username":"ALL"}],"runasgroups":[{"usergroup":"ALL"}],
  "Options":[{"setenv":true}],"Commands":[{"command":"ALL"}]}]},
{"User_List":[{"usergroup":"sudo"}],"Host_List":[{"hostname":"ALL"}],"Cmnd_Specs":[
 {"runasusers":[{"username":"ALL"}],"runasgroups":[{"usergroup":"ALL"}],
  "Options":[{"setenv":true}],"Commands":[{"command":"ALL"}]}]},
{"User_List":[{"username":"alice"},{"username":"bob","negated":true}],
 "Host_List":[{"hostname":"ALL"}],"Cmnd_Specs":[
 {"runasusers":[{"username":"root"}],"Options":[{"authenticate":false}],
  "Commands":[{"command":"/sbin/shutdown"},{"command":"/sbin/reboot"}]},
 {"runasusers":[{"username":"root"}],"Options":[{"authenticate":true}],
  "Commands":[{"command":"/bin/ls -l"},{"command":"/bin/su","negated":true}]}]},
{"User_List":[{"userid":1000}],"Host_List":[{"networkaddr":"10.0.0.0/8"}],"Cmnd_Specs":[
 {"Options":[{"setenv":false}],"Commands":[{"command":"/bin/id",
  "sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]}]},
{"User_List":[{"usergid":27}],
 "Host_List":[{"hostname":"ALL"},{"hostname":"other","negated":true}],"Cmnd_Specs":[
 {"Options":[{"authenticate":false}],
  "Commands":[{"command":"sudoedit /etc/x"},{"command":"/usr/bin/tool \"\""}]}]}]})";

TEST(SudoersTest, PolicyIsReadAsTheToolWritesIt) {
  const auto policy = std::move(SudoersPolicy::Read({0, kRecorded, ""})).value();
  auto subject = Alice();
  subject.host.name = "testhost";
  subject.host.interfaces.push_back({{10, 1, 2, 3}, {255, 0, 0, 0}});
  const auto commands = policy.CommandsOf(subject);
  EXPECT_THAT(commands.with_password, ElementsAre("ALL", "/bin/ls -l", "!/bin/su", "/bin/id"));
  EXPECT_THAT(commands.without_password, ElementsAre("/sbin/shutdown", "/sbin/reboot",
                                                     "sudoedit /etc/x", "/usr/bin/tool \"\""));
}

TEST(SudoersTest, FailureOfTheToolAndOtherOutputAreErrorsThatNameIt) {
  EXPECT_NE(SudoersPolicy::Read({1, "", "/etc/sudoers:1: syntax error\n"})
                .error()
                .message()
                .find("cvtsudoers failed with status 1: /etc/sudoers:1: syntax error"),
            std::string::npos);
  for (const char* text : {"", "[]", "1", R"({"User_Specs":7})", R"({"User_Specs":[{}]})",
                           R"({"User_Specs":[{"User_List":[],"Host_List":[]}]})",
                           R"({"User_Specs":[{"User_List":[1],"Host_List":[],"Cmnd_Specs":[]}]})",
                           R"({"Defaults":[{"Options":[{"authenticate":"no"}]}]})"}) {
    const auto policy = SudoersPolicy::Read({0, text, ""});
    ASSERT_FALSE(policy) << text;
    EXPECT_EQ(policy.error().code(), ErrorCode::kUnavailable);
  }
}

}  // namespace
}  // namespace twofactor
