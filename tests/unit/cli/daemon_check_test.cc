#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/doctor/checks.h"
#include "tests/unit/cli/scripted.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class DaemonCheckTest : public testing::Test {
 protected:
  // A daemon that is well, but for this.
  void Answer(const json& health,
              const json& settings = {{"enabled", true}, {"services", {{"ssh", true}}}}) {
    daemon_.script.emplace_back("core.ping", "pong");
    daemon_.script.emplace_back("core.health", health);
    daemon_.script.emplace_back("auth.me", json{{"pw_name", "root"}});
    daemon_.script.emplace_back("auth.twofactor.config", settings);
  }
  std::vector<std::string> Ids() {
    report_ = CheckDaemon(daemon_);
    std::vector<std::string> ids;
    for (const Finding& finding : report_.findings) {
      ids.push_back(finding.id);
    }
    return ids;
  }
  using IdList = std::vector<std::string>;

  const json well_ = {{"key", "credential"}, {"users", 3},      {"live_store", "kept"},
                      {"birth", 1},          {"birth_wait", 0}, {"problems", json::array()}};
  ScriptedDaemon daemon_;
  DaemonReport report_;
};

TEST_F(DaemonCheckTest, DaemonThatIsWellIsOkAndTellsWhereItsKeyIsFrom) {
  Answer(well_);
  EXPECT_EQ(Ids(), (IdList{"daemon.answers", "daemon.stores"}));
  EXPECT_TRUE(report_.answers);
  EXPECT_EQ(report_.key_source, "credential");
  EXPECT_THAT(report_.findings[1].text, HasSubstr("3 enrolled users"));
}

TEST_F(DaemonCheckTest, DaemonThatDoesNotAnswerIsAskedNothingMore) {
  daemon_.script.emplace_back("core.ping", Fail(ErrorCode::kUnavailable, "connect: refused"));
  EXPECT_EQ(Ids(), IdList{"daemon.unreachable"});
  EXPECT_FALSE(report_.answers);
  EXPECT_EQ(report_.findings[0].level, Finding::Level::kProblem);
  EXPECT_THAT(report_.findings[0].text, HasSubstr("connect: refused"));
}

TEST_F(DaemonCheckTest, WhoAnswersInTheDaemonsPlaceIsAProblemOfItsOwn) {
  daemon_.script.emplace_back("core.ping", Fail(ErrorCode::kNotPermitted, "uid 1000 answers"));
  EXPECT_EQ(Ids(), IdList{"daemon.impostor"});
}

TEST_F(DaemonCheckTest, ProblemsOfTheDaemonAreTold) {
  json health = well_;
  health["problems"] = {"the disk is full", {{"odd", 1}}};
  Answer(health);
  EXPECT_EQ(Ids(), (IdList{"daemon.answers", "daemon.stores", "daemon.problem", "daemon.problem"}));
  EXPECT_THAT(report_.findings[2].text, HasSubstr("the disk is full"));
}

TEST_F(DaemonCheckTest, WaitAfterABootIsOkHoweverLongTheIntervalMakesIt) {
  for (const int wait : {1, 60, 3600}) {
    json health = well_;
    health["birth_wait"] = wait;
    Answer(health);
    EXPECT_EQ(Ids(), (IdList{"daemon.answers", "daemon.stores", "daemon.just-started"})) << wait;
    EXPECT_EQ(report_.findings.back().level, Finding::Level::kOk);
    EXPECT_THAT(report_.findings.back().text,
                HasSubstr(std::to_string(wait) + (wait == 1 ? " second" : " seconds")));
  }
}

TEST_F(DaemonCheckTest, ClockThatWasAheadIsAWarningThatNamesTheCommand) {
  json health = well_;
  health["clock_set_back"] = 7200;
  Answer(health);
  EXPECT_EQ(Ids(), (IdList{"daemon.answers", "daemon.stores", "clock.set-back"}));
  EXPECT_EQ(report_.findings.back().level, Finding::Level::kWarning);
  EXPECT_THAT(report_.findings.back().text, HasSubstr("7200 seconds"));
  EXPECT_THAT(report_.findings.back().advice, HasSubstr("twofactorctl accept-time"));
  health["devices_ahead"] = 1;
  health["longest_wait"] = 7100;
  Answer(health);
  EXPECT_EQ(Ids(),
            (IdList{"daemon.answers", "daemon.stores", "clock.set-back", "clock.devices-ahead"}));
  EXPECT_THAT(report_.findings.back().text, HasSubstr("1 device accepts"));
  EXPECT_THAT(report_.findings.back().text, HasSubstr("7100 seconds"));
  EXPECT_THAT(report_.findings.back().advice, HasSubstr("twofactorctl accept-time"));
}

TEST_F(DaemonCheckTest, WhoMayNotKnowTheHealthIsToldToCallAsRoot) {
  daemon_.script.emplace_back("core.ping", "pong");
  daemon_.script.emplace_back("core.health", Fail(ErrorCode::kNotPermitted, "for admins"));
  daemon_.script.emplace_back("auth.me", json::object());
  daemon_.script.emplace_back("auth.twofactor.config", Fail(ErrorCode::kNotPermitted, "no"));
  EXPECT_EQ(Ids(), (IdList{"daemon.answers", "daemon.health-unknown"}));
  EXPECT_EQ(report_.findings[1].level, Finding::Level::kWarning);
  EXPECT_EQ(report_.key_source, "");
}

TEST_F(DaemonCheckTest, DaemonThatCannotLearnOfUsersIsAProblem) {
  daemon_.script.emplace_back("core.ping", "pong");
  daemon_.script.emplace_back("core.health", well_);
  daemon_.script.emplace_back("auth.me", Fail(ErrorCode::kTimedOut, "accounts did not answer"));
  daemon_.script.emplace_back("auth.twofactor.config", json::object());
  EXPECT_EQ(Ids(), (IdList{"daemon.answers", "daemon.stores", "daemon.accounts"}));
}

TEST_F(DaemonCheckTest, FactorThatIsSwitchedOffIsAWarning) {
  Answer(well_, {{"enabled", false}, {"services", {{"ssh", false}}}});
  EXPECT_EQ(Ids(), (IdList{"daemon.answers", "daemon.stores", "daemon.switched-off"}));
  Answer(well_, {{"enabled", true}, {"services", {{"ssh", false}}}});
  EXPECT_EQ(Ids(), (IdList{"daemon.answers", "daemon.stores", "daemon.ssh-switched-off"}));
}

TEST_F(DaemonCheckTest, AnswersOfOtherTypesAreNoCrash) {
  Answer({{"key", nullptr}, {"users", "many"}, {"birth_wait", "x"}, {"problems", 7}},
         {{"enabled", "yes"}, {"services", "ssh"}});
  EXPECT_EQ(Ids(), (IdList{"daemon.answers", "daemon.stores"}));
  Answer(json::array(), json::array());
  EXPECT_EQ(Ids(), (IdList{"daemon.answers", "daemon.health-unknown"}));
}

}  // namespace
}  // namespace twofactor
