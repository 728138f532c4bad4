// stale, rename-user, upkeep and doctor's check of them, with a daemon that follows a script.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands/commands.h"
#include "cli/doctor/checks.h"
#include "tests/unit/cli/scripted.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kLook = "twofactor.stale_factors";
constexpr const char* kRemove = "twofactor.remove_stale_factors";

json User(const std::string& name, const std::string& state) {
  return {{"username", name},
          {"uid", 1001},
          {"state", state},
          {"new_username", state == "renamed" ? json("alicia") : json()},
          {"new_uid", state == "other_uid" ? json(2001) : json()},
          {"new_configured", false},
          {"devices", 1},
          {"first_seen", nullptr},
          {"days_left", 12},
          {"removed", false}};
}

json Answer(const json& stale, const json& next = nullptr, const json& unanswered = json::array()) {
  return {{"stale", stale}, {"unanswered", unanswered}, {"looked_at", 2}, {"next", next}};
}

const json kGone = User("gone", "gone");
const json kOther = User("other", "other_uid");
const json kRenamed = User("alice", "renamed");
const json kEverybody = json::array({kGone, kOther, kRenamed});

json RemovedAs(const std::string& name, const std::string& outcome) {
  return {{"username", name}, {"uid", 1001}, {"outcome", outcome}};
}

json Silent() {
  json unanswered = json::array();
  for (const char* name : {"a", "b"}) {
    unanswered.push_back({{"username", name}, {"uid", 1}, {"reason", "the source 'ldap' is down"}});
  }
  return unanswered;
}

class StaleCommandTest : public testing::Test {
 protected:
  void Script(const std::string& method, Result<json> answer) {
    daemon_.script.emplace_back(method, std::move(answer));
  }
  Result<CommandResult> Stale(bool remove, std::vector<std::string> names = {}) {
    arguments_.remove = remove;
    arguments_.operands = std::move(names);
    return RunStale(arguments_, daemon_, terminal_);
  }
  std::vector<std::string> Doctor() {
    DaemonReport report;
    report.answers = true;
    findings_ = CheckStaleUsers(daemon_, terminal_, report);
    std::vector<std::string> ids;
    for (const Finding& finding : findings_) {
      ids.push_back(finding.id);
    }
    return ids;
  }

  CliArguments arguments_;
  ScriptedDaemon daemon_;
  ScriptedTerminal terminal_;
  Findings findings_;
};

TEST_F(StaleCommandTest, ListTellsOfEachWhatTheSystemSaysAndWhatToDo) {
  Script(kLook, Answer(kEverybody));
  const auto result = Stale(false);
  ASSERT_TRUE(result);
  EXPECT_THAT(result->text,
              AllOf(HasSubstr("gone (uid 1001): neither the name nor the uid exists; 1"
                              " device; removed by the upkeep in 12 days.\n"),
                    HasSubstr("other (uid 1001): this name now has uid 2001"),
                    HasSubstr("this uid now belongs to alicia"),
                    HasSubstr("twofactorctl rename-user alice alicia\n")));
  EXPECT_EQ(result->json["changed"], false);
  EXPECT_EQ(result->json["stale"], kEverybody);
}

TEST_F(StaleCommandTest, LookGoesOnToTheLastUser) {
  Script(kLook, Answer(json::array({kGone}), "gone"));
  Script(kLook, Answer(json::array({kOther})));
  const auto result = Stale(false);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->json["stale"].size(), 2U);
  EXPECT_EQ(result->json["looked_at"], 4);
  EXPECT_THAT(daemon_.calls, ElementsAre(HasSubstr("[{}]"), HasSubstr(R"([{"after":"gone"}])")));
  EXPECT_THAT(terminal_.progress, HasSubstr("2 users checked"));
}

TEST_F(StaleCommandTest, DirectoryThatIsDownIsNotAskedForEverybody) {
  for (int i = 0; i < 3; ++i) {
    Script(kLook, Answer(json::array(), "b", Silent()));
  }
  const auto result = Stale(false);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->json["whole"], false);
  EXPECT_THAT(result->text, AllOf(HasSubstr("the source 'ldap' is down"),
                                  HasSubstr("Not all users were checked")));
}

TEST_F(StaleCommandTest, RemoveAsksAndLeavesWhoMayOnlyHaveAnotherName) {
  Script(kLook, Answer(kEverybody));
  terminal_.answers = {"yes"};
  Script(kRemove, json::array({RemovedAs("gone", "removed"), RemovedAs("other", "known")}));
  const auto result = Stale(true);
  ASSERT_TRUE(result);
  EXPECT_THAT(terminal_.asked, ElementsAre(HasSubstr("kept of 2 users")));
  EXPECT_THAT(terminal_.shown, HasSubstr("rename-user alice alicia"));
  EXPECT_THAT(daemon_.calls.back(), AllOf(HasSubstr("gone"), Not(HasSubstr("alice"))));
  EXPECT_EQ(result->json["changed"], true);
  EXPECT_EQ(result->json["removed"], json::array({{{"username", "gone"}, {"uid", 1001}}}));
  EXPECT_EQ(result->status, ExitStatus::kNo);
  EXPECT_THAT(result->text, HasSubstr("Kept other (uid 1001): this user exists again"));
}

TEST_F(StaleCommandTest, RemoveTakesWhoIsNamedAlone) {
  Script(kLook, Answer(kEverybody));
  arguments_.yes = true;
  Script(kRemove, json::array({RemovedAs("alice", "removed")}));
  const auto result = Stale(true, {"alice", "somebody"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, ExitStatus::kOk);
  EXPECT_THAT(daemon_.calls.back(), Not(HasSubstr("gone")));
  EXPECT_THAT(terminal_.asked, IsEmpty());
}

TEST_F(StaleCommandTest, ManyAreRemovedInSeveralCalls) {
  json many = json::array();
  for (int i = 0; i < 41; ++i) {
    many.push_back(User("user" + std::to_string(i), "gone"));
  }
  Script(kLook, Answer(many));
  arguments_.yes = true;
  json removed(40, RemovedAs("x", "removed"));
  Script(kRemove, removed);
  Script(kRemove, json::array({RemovedAs("y", "removed")}));
  EXPECT_EQ(Stale(true)->json["removed"].size(), 41U);
}

TEST_F(StaleCommandTest, NothingIsRemovedWithoutAYesNorWhereNobodyIsGone) {
  Script(kLook, Answer(kEverybody));
  terminal_.answers = {"no"};
  EXPECT_EQ(Stale(true).error().code(), ErrorCode::kConflict);
  terminal_.interactive = false;
  Script(kLook, Answer(kEverybody));
  EXPECT_EQ(Stale(true).error().code(), ErrorCode::kConflict);
  Script(kLook, Answer(json::array({kRenamed})));
  EXPECT_EQ(Stale(true)->json["changed"], false);
  Script(kLook, Answer(json::array()));
  EXPECT_EQ(Stale(true)->json["changed"], false);
  EXPECT_EQ(Stale(false, {"alice"}).error().code(), ErrorCode::kInvalidParams);
}

TEST_F(StaleCommandTest, UpkeepTellsWhatItDid) {
  json answer = Answer(json::array({kGone, kOther}));
  answer["stale"][0]["removed"] = true;
  answer["keys"] = 0;
  Script("twofactor.upkeep", answer);
  auto result = RunUpkeep(arguments_, daemon_, terminal_);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->json["changed"], true);
  EXPECT_THAT(result->text, HasSubstr("checked: 2; no longer existing: 2; removed: 1.\n"));
  Script("twofactor.upkeep", Answer(json::array()));
  EXPECT_EQ(RunUpkeep(arguments_, daemon_, terminal_)->json["changed"], false);
  json keys = Answer(json::array());
  keys["keys"] = 1;
  Script("twofactor.upkeep", keys);
  EXPECT_EQ(RunUpkeep(arguments_, daemon_, terminal_)->json["changed"], true);
}

TEST_F(StaleCommandTest, NewNameIsGivenAfterAYesAndTellsOfRecoveryCodes) {
  arguments_.operands = {"alice", "alicia"};
  terminal_.answers = {"no", "yes"};
  EXPECT_EQ(RunRenameUser(arguments_, daemon_, terminal_).error().code(), ErrorCode::kConflict);
  Script("twofactor.rename_user", json{{"devices", 2}, {"lost_recovery_codes", true}});
  const auto result = RunRenameUser(arguments_, daemon_, terminal_);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->json["changed"], true);
  EXPECT_EQ(result->json["devices"], 2);
  EXPECT_THAT(result->text, HasSubstr("'twofactorctl recovery-codes alicia'"));
}

TEST_F(StaleCommandTest, NewNameThatWasGivenBeforeIsNoError) {
  arguments_.operands = {"alice", "alicia"};
  arguments_.yes = true;
  const auto gone = Fail(ErrorCode::kNoSuchUser, "nothing is kept");
  Script("twofactor.rename_user", gone);
  Script("user.twofactor_config", json{{"secret_configured", true}});
  EXPECT_EQ(RunRenameUser(arguments_, daemon_, terminal_)->json["changed"], false);
  Script("twofactor.rename_user", gone);
  Script("user.twofactor_config", json{{"secret_configured", false}});
  EXPECT_EQ(RunRenameUser(arguments_, daemon_, terminal_).error().code(), ErrorCode::kNoSuchUser);
}

TEST_F(StaleCommandTest, DoctorFindsARenameAndSaysWhatToDo) {
  Script(kLook, Answer(kEverybody));
  EXPECT_THAT(Doctor(), ElementsAre("stale.renamed", "stale.users"));
  EXPECT_EQ(findings_[0].level, Finding::Level::kProblem);
  EXPECT_THAT(findings_[0].advice, HasSubstr("'twofactorctl rename-user alice alicia'"));
  EXPECT_EQ(findings_[1].level, Finding::Level::kWarning);
  EXPECT_THAT(findings_[1].text, HasSubstr("gone (uid 1001), other (uid 1001)."));
}

TEST_F(StaleCommandTest, DoctorWarnsOfADirectoryThatDoesNotAnswer) {
  Script(kLook, Answer(json::array(), nullptr, Silent()));
  EXPECT_THAT(Doctor(), ElementsAre("stale.unanswered"));
  Script(kLook, Answer(json::array()));
  EXPECT_THAT(Doctor(), ElementsAre("stale.none"));
  Script(kLook, Fail(ErrorCode::kNotPermitted, "this needs a role"));
  EXPECT_THAT(Doctor(), IsEmpty());
}

}  // namespace
}  // namespace twofactor
