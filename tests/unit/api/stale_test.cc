#include <gmock/gmock.h>

#include <boost/asio/executor_work_guard.hpp>
#include <optional>
#include <utility>

#include "tests/unit/api/devices_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;
using std::chrono::days;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class StaleTest : public DevicesFixture {
 protected:
  json Stale(const std::string& after = "") {
    const json options = {{"after", after}};
    return Call(Connect(kReader), "twofactor.stale_factors", json::array({options})).value();
  }
  json Upkeep() { return Call(Connect(0), "twofactor.upkeep", json::array()).value(); }
  // "alice 1000 gone" for each.
  static std::vector<std::string> Lines(const json& answer) {
    std::vector<std::string> lines;
    for (const json& user : answer["stale"]) {
      lines.push_back(user["username"].get<std::string>() + " " + user["uid"].dump() + " " +
                      user["state"].get<std::string>() + (user["removed"] ? " removed" : ""));
    }
    return lines;
  }
  std::string Remove(const std::string& user, uid_t uid) {
    const json one = {{"username", user}, {"uid", uid}};
    const auto answer =
        Call(Connect(0), "twofactor.remove_stale_factors", json::array({json::array({one})}));
    return answer ? (*answer)[0]["outcome"].get<std::string>()
                  : std::string(OutcomeOf(&answer.error()));
  }
  json Rename(const std::string& from, const std::string& to) {
    const auto answer = Call(Connect(0), "twofactor.rename_user", {from, to});
    return answer ? *answer : json(std::string(OutcomeOf(&answer.error())));
  }
  // As Call, amid another one.
  Result<json> RenewMeanwhile(const std::string& user) {
    std::optional<Result<json>> answer;
    api_->Dispatch(Connect(0).session, "user.renew_2fa_secret", json::array({user, json::object()}),
                   [&answer](Result<json> result) { answer.emplace(std::move(result)); });
    io_.restart();
    const auto stay = boost::asio::make_work_guard(io_);
    while (!answer) {
      io_.run_one();
    }
    return std::move(*answer);
  }
  std::string OutcomeFor(const std::string& user, uid_t uid, const std::string& typed) {
    return Call(Connect(0), "pam.verify",
                json::array({user, uid, "sshd", json::array({typed}), false}))
        .value()["outcome"];
  }
};

TEST_F(StaleTest, UserOfTheSameNameWithAnotherUidInheritsNothing) {
  Enroll("alice");
  const auto codes = RenewRecoveryCodes();
  accounts_.GiveUid("alice", 2000);
  const Peer alice = Connect(2000);
  EXPECT_EQ(OutcomeFor("alice", 2000, CodeOf("alice")), "no_factor");
  EXPECT_EQ(OutcomeFor("alice", 2000, codes[0]), "no_factor");
  EXPECT_EQ(Call(alice, "auth.me", json::array()).value()["two_factor_config"]["secret_configured"],
            false);
  EXPECT_EQ(
      Call(alice, "user.list_2fa_devices", {"alice"}).value(),
      json({{"bypass", nullptr}, {"devices", json::array()}, {"recovery_codes_left", nullptr}}));
  EXPECT_EQ(Call(alice, "user.verify_twofactor_token", {"alice", CodeOf("alice")}).value(), false);
  EXPECT_EQ(Call(Connect(0), "user.get_instance", {"alice"}).value()["twofactor_auth_configured"],
            false);
  // A first enrolment of one's own needs no code.
  EXPECT_EQ(Refusal(alice, "user.renew_2fa_secret", json::array({"alice", json::object()})), "");
}

TEST_F(StaleTest, WhenTheNewUserEnrolsNothingOfTheOldOneIsLeft) {
  Enroll("alice");
  Add("key", DeviceKind::kHotp);
  Add("tablet");
  const auto codes = RenewRecoveryCodes();
  const std::string old_code = CodeOf("alice");
  accounts_.GiveUid("alice", 2000);
  Enroll("alice");
  EXPECT_EQ(Call(Connect(2000), "user.list_2fa_devices", {"alice"}).value()["devices"].size(), 1U);
  EXPECT_EQ(OutcomeFor("alice", 2000, CodeOf("alice", 1)), "granted");
  for (const std::string& dead : {old_code, CodeOf("tablet", 1), HotpOf("key", 1), codes[0]}) {
    EXPECT_NE(OutcomeFor("alice", 2000, dead), "granted");
    EXPECT_EQ(OutcomeFor("alice", 1000, dead), "no_factor");
  }
  Restart();
  EXPECT_EQ(store_->users(), 1U);
  accounts_.GiveUid("alice", 1000);
  EXPECT_EQ(List()["devices"].size(), 0U);
}

TEST_F(StaleTest, UserDeletedAndMadeAnewWithTheSameUidIsTheSameUser) {
  Enroll("alice");
  accounts_.Rename("alice", "");
  EXPECT_THAT(Lines(Stale()), ElementsAre("alice 1000 gone"));
  accounts_.Rename("reader", "alice");
  accounts_.GiveUid("alice", 1000);
  EXPECT_EQ(Upkeep()["stale"], json::array());
  EXPECT_EQ(OutcomeFor("alice", 1000, CodeOf("alice", 1)), "granted");
}

TEST_F(StaleTest, EachIsToldWithWhatTheNameOrTheUidIsNow) {
  Enroll("alice");
  Enroll("bob");
  Enroll("admin");
  accounts_.GiveUid("alice", 2000);
  accounts_.Rename("bob", "robert");
  accounts_.Rename("admin", "");
  const json answer = Stale();
  EXPECT_THAT(Lines(answer),
              ElementsAre("admin 1002 gone", "alice 1000 other_uid", "bob 1001 renamed"));
  EXPECT_EQ(answer["stale"][1]["new_uid"], 2000);
  EXPECT_EQ(answer["stale"][2]["new_username"], "robert");
  EXPECT_EQ(answer["stale"][2]["new_configured"], false);
  EXPECT_EQ(answer["looked_at"], 3);
  EXPECT_EQ(answer["next"], nullptr);
  // A look changes nothing.
  EXPECT_EQ(Stale(), answer);
}

TEST_F(StaleTest, DirectoryThatDoesNotAnswerMakesNobodyStale) {
  Enroll("alice");
  Enroll("bob");
  accounts_.Rename("alice", "");
  accounts_.silent = {"alice"};
  for (const json& answer : {Stale(), Upkeep()}) {
    EXPECT_EQ(answer["stale"], json::array());
    EXPECT_EQ(answer["unanswered"][0],
              json({{"username", "alice"}, {"uid", 1000}, {"reason", "silent"}}));
  }
  accounts_.silent.clear();
  accounts_.down = true;
  for (const json& answer : {Stale(), Upkeep()}) {
    EXPECT_EQ(answer["stale"], json::array());
    EXPECT_EQ(answer["unanswered"].size(), 2U);
  }
  EXPECT_EQ(Remove("alice", 1000), "ETIMEDOUT");
  accounts_.down = false;
  accounts_.silent = {"alice"};
  EXPECT_EQ(Remove("alice", 1000), "unanswered");
  EXPECT_EQ(Rename("alice", "bob"), "EAGAIN");
  EXPECT_EQ(OutcomeFor("alice", 1000, CodeOf("alice", 1)), "granted");
}

TEST_F(StaleTest, LookGoesOnWhereTheSystemHadNoTimeForMore) {
  Enroll("alice");
  Enroll("bob");
  Enroll("reader");
  accounts_.Rename("reader", "");
  accounts_.checks_at_once = 2;
  const json first = Stale();
  EXPECT_EQ(first["looked_at"], 2);
  ASSERT_EQ(first["next"], "bob");
  const json second = Stale("bob");
  EXPECT_EQ(second["next"], nullptr);
  EXPECT_THAT(Lines(second), ElementsAre("reader 1003 gone"));
}

TEST_F(StaleTest, UpkeepTakesAFactorAwayAfterTheGraceAndSaysWhy) {
  Enroll("alice");
  Enroll("bob");
  accounts_.Rename("alice", "");
  for (int day = 0; day < 30; ++day) {
    const json answer = Upkeep();
    EXPECT_THAT(Lines(answer), ElementsAre("alice 1000 gone")) << day;
    EXPECT_EQ(answer["stale"][0]["days_left"], 30 - day);
    clock_.wall += days(1);
    Restart();
  }
  EXPECT_EQ(store_->users(), 2U);
  auditor_.lines.clear();
  EXPECT_THAT(Lines(Upkeep()), ElementsAre("alice 1000 gone removed"));
  EXPECT_THAT(auditor_.lines,
              ElementsAre("0 twofactor.upkeep alice success (removed: the system knows no such"
                          " user, who had uid 1000)",
                          "0 twofactor.upkeep  success"));
  EXPECT_EQ(store_->users(), 1U);
  EXPECT_EQ(OutcomeFor("alice", 1000, CodeOf("alice")), "no_factor");
  EXPECT_EQ(Stale()["stale"], json::array());
  Restart();
  EXPECT_EQ(store_->users(), 1U);
}

TEST_F(StaleTest, UserWhoIsSeenAgainHasTheWholeGraceAgain) {
  Enroll("alice");
  accounts_.Rename("alice", "");
  Upkeep();
  clock_.wall += days(1);
  EXPECT_EQ(Upkeep()["stale"][0]["days_left"], 29);
  accounts_.Rename("bob", "alice");
  accounts_.GiveUid("alice", 1000);
  EXPECT_EQ(Upkeep()["stale"], json::array());
  accounts_.Rename("alice", "");
  clock_.wall += days(1);
  EXPECT_EQ(Upkeep()["stale"][0]["days_left"], 30);
}

TEST_F(StaleTest, DirectoryThatIsSilentForLongAddsNothingByItself) {
  Enroll("alice");
  accounts_.Rename("alice", "");
  Upkeep();
  accounts_.silent = {"alice"};
  for (int day = 0; day < 60; ++day) {
    clock_.wall += days(1);
    Upkeep();
  }
  accounts_.silent.clear();
  EXPECT_EQ(Upkeep()["stale"][0]["days_left"], 28);
}

TEST_F(StaleTest, GraceOfZeroLeavesItToTheAdministrator) {
  Enroll("alice");
  services_->config.upkeep.stale_days = days(0);
  accounts_.Rename("alice", "");
  for (int day = 0; day < 40; ++day) {
    EXPECT_THAT(Lines(Upkeep()), ElementsAre("alice 1000 gone"));
    clock_.wall += days(1);
  }
  EXPECT_EQ(Stale()["stale"][0]["days_left"], nullptr);
  EXPECT_EQ(Remove("alice", 1000), "removed");
  EXPECT_EQ(store_->users(), 0U);
}

TEST_F(StaleTest, RemovalAsksTheSystemOnceMoreAndTakesThisUidAlone) {
  Enroll("alice");
  EXPECT_EQ(Remove("alice", 1000), "known");
  accounts_.GiveUid("alice", 2000);
  EXPECT_EQ(Remove("alice", 2000), "known");
  EXPECT_EQ(store_->users(), 1U);
  auditor_.lines.clear();
  EXPECT_EQ(Remove("alice", 1000), "removed");
  EXPECT_THAT(auditor_.lines,
              Contains("0 twofactor.remove_stale_factors alice success (removed: the name had uid"
                       " 1000 and has uid 2000 now)"));
  EXPECT_EQ(store_->users(), 0U);
}

// The system is asked first, and a directory may take seconds over the others.
TEST_F(StaleTest, WhoIsMadeAnewAndEnrolsWhileTheSystemIsAskedKeepsThatFactor) {
  Enroll("alice");
  services_->config.upkeep.stale_days = days(1);
  accounts_.Rename("alice", "");
  Upkeep();
  clock_.wall += days(2);
  const auto come_back = [this] {
    accounts_.Rename("bob", "alice");
    accounts_.GiveUid("alice", 1000);
    const auto answer = RenewMeanwhile("alice");
    ASSERT_TRUE(answer) << answer.error().message();
    Remember("alice", *answer);
  };
  accounts_.after_check = come_back;
  EXPECT_THAT(Lines(Upkeep()), Not(Contains("alice 1000 gone removed")));
  EXPECT_EQ(OutcomeFor("alice", 1000, CodeOf("alice")), "granted");

  accounts_.Rename("alice", "");
  accounts_.Rename("reader", "bob");
  accounts_.after_check = come_back;
  EXPECT_EQ(Remove("alice", 1000), "known");
  EXPECT_EQ(OutcomeFor("alice", 1000, CodeOf("alice")), "granted");
}

TEST_F(StaleTest, RenamedUserKeepsDevicesWhoseUsedCodesStayUsed) {
  Enroll("alice");
  Add("key", DeviceKind::kHotp);
  RenewRecoveryCodes();
  const std::string used = CodeOf("alice");
  EXPECT_EQ(OutcomeFor("alice", 1000, used), "granted");
  accounts_.Rename("alice", "alicia");
  EXPECT_THAT(Lines(Stale()), ElementsAre("alice 1000 renamed"));
  auditor_.lines.clear();
  EXPECT_EQ(Rename("alice", "alicia"), json({{"devices", 2}, {"lost_recovery_codes", true}}));
  EXPECT_THAT(auditor_.lines, Contains("0 twofactor.rename_user alicia success (was alice)"));
  EXPECT_EQ(Rename("alice", "alicia"), "ENOENT");
  EXPECT_EQ(Stale()["stale"], json::array());
  for (const std::string& closed : {used, CodeOf("alice", 1), HotpOf("key", 0)}) {
    EXPECT_NE(OutcomeFor("alicia", 1000, closed), "granted");
  }
  clock_.wall += std::chrono::seconds(90);
  EXPECT_EQ(OutcomeFor("alicia", 1000, CodeOf("alice")), "granted");
  EXPECT_EQ(OutcomeFor("alicia", 1000, HotpOf("key", 1)), "granted");
  EXPECT_EQ(OutcomeFor("alice", 1000, CodeOf("alice", 1)), "no_factor");
  Restart(/*lose_ledger=*/true);
  EXPECT_NE(OutcomeFor("alicia", 1000, CodeOf("alice")), "granted");
  clock_.wall += std::chrono::seconds(90);
  EXPECT_EQ(OutcomeFor("alicia", 1000, CodeOf("alice")), "granted");
}

TEST_F(StaleTest, OnlyANameThatIsGoneIsGivenUpAndOnlyToItsOwnUid) {
  Enroll("alice");
  EXPECT_EQ(Rename("alice", "bob"), "EINVAL");
  EXPECT_EQ(Rename("alice", "nobody-here"), "ENOENT");
  accounts_.Rename("alice", "alicia");
  // Nothing is kept of an alice with bob's uid.
  EXPECT_EQ(Rename("alice", "bob"), "ENOENT");
  Enroll("alicia");
  EXPECT_EQ(Rename("alice", "alicia"), "EINVAL");
  EXPECT_EQ(OutcomeFor("alicia", 1000, CodeOf("alicia", 1)), "granted");
}

TEST_F(StaleTest, WhoBecomesTheNameThatAnotherHadInheritsThatOnesNothing) {
  Enroll("alice");
  Enroll("bob");
  const std::string code_of_bob = CodeOf("bob", 1);
  accounts_.Rename("bob", "");
  accounts_.Rename("alice", "bob");
  EXPECT_EQ(Rename("alice", "bob"), json({{"devices", 1}, {"lost_recovery_codes", false}}));
  clock_.wall += std::chrono::seconds(90);
  EXPECT_NE(OutcomeFor("bob", 1000, CodeOf("bob")), "granted");
  EXPECT_EQ(OutcomeFor("bob", 1000, CodeOf("alice")), "granted");
  EXPECT_EQ(OutcomeFor("bob", 1001, CodeOf("bob", 1)), "no_factor");
  EXPECT_EQ(Stale()["looked_at"], 1);
}

TEST_F(StaleTest, OnlyAdministratorsSeeThemAndFullOnesChangeThem) {
  const json nobody = json::array({json::array()});
  for (const auto& [method, params] :
       {std::pair<const char*, json>{"twofactor.remove_stale_factors", nobody},
        {"twofactor.rename_user", {"alice", "bob"}},
        {"twofactor.upkeep", json::array()}}) {
    EXPECT_EQ(Refusal(Connect(kAlice), method, params), "EPERM") << method;
    EXPECT_EQ(Refusal(Connect(kReader), method, params), "EPERM") << method;
    EXPECT_NE(Refusal(Connect(kAdmin), method, params), "EPERM") << method;
  }
  EXPECT_EQ(Refusal(Connect(kAlice), "twofactor.stale_factors", json::array()), "EPERM");
  EXPECT_EQ(Refusal(Connect(kReader), "twofactor.stale_factors", json::array()), "");
}

}  // namespace
}  // namespace twofactor
