// Logins that are not asked again: what pam.grace remembers, and when it forgets.
#include "helperd/twofactord/factor/grace.h"

#include "tests/unit/api/api_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

class PamGraceTest : public ApiFixture {
 protected:
  PamGraceTest() { Enroll("alice"); }

  void Note(const std::string& place) {
    EXPECT_EQ(Call(Connect(0), "pam.note_login", json::array({"alice", 1000, place})).value(),
              nullptr);
  }
  bool Granted(const std::string& place, int period = 60, uid_t uid = 1000) {
    return Call(Connect(0), "pam.grace", json::array({"alice", uid, place, period}))
        .value()["granted"];
  }
};

TEST_F(PamGraceTest, LoginFromTheSamePlaceCountsForItsTimeAndNoLonger) {
  EXPECT_FALSE(Granted("host:a"));
  Note("host:a");
  EXPECT_TRUE(Granted("host:a"));
  EXPECT_FALSE(Granted("host:b"));
  EXPECT_FALSE(Granted("tty:a"));
  clock_.Advance(std::chrono::seconds(60));
  EXPECT_TRUE(Granted("host:a"));
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_FALSE(Granted("host:a"));
  EXPECT_TRUE(Granted("host:a", 61));
}

TEST_F(PamGraceTest, BeingGrantedDoesNotMakeItLonger) {
  Note("host:a");
  clock_.Advance(std::chrono::seconds(40));
  EXPECT_TRUE(Granted("host:a"));
  clock_.Advance(std::chrono::seconds(40));
  EXPECT_FALSE(Granted("host:a"));
}

TEST_F(PamGraceTest, SetBackClockChangesNothing) {
  Note("host:a");
  clock_.wall -= std::chrono::hours(5);
  clock_.boot += std::chrono::seconds(61);
  EXPECT_FALSE(Granted("host:a"));
}

TEST_F(PamGraceTest, RenewalAndRemovalForget) {
  Note("host:a");
  Enroll("alice");
  EXPECT_FALSE(Granted("host:a"));
  Note("host:a");
  EXPECT_TRUE(Granted("host:a"));
  Call(Connect(0), "user.unset_2fa_secret", json::array({"alice"})).value();
  EXPECT_FALSE(Granted("host:a"));
  Enroll("alice");
  EXPECT_FALSE(Granted("host:a"));
}

TEST_F(PamGraceTest, AnotherUidOfTheSameNameInheritsNothing) {
  Note("host:a");
  EXPECT_FALSE(Granted("host:a", 60, 4711));
}

TEST_F(PamGraceTest, UserWithoutAFactorHasNoGrace) {
  Call(Connect(0), "user.unset_2fa_secret", json::array({"alice"})).value();
  Note("host:a");
  EXPECT_FALSE(Granted("host:a"));
}

TEST_F(PamGraceTest, UserWhoseCodesHaveToWaitIsAskedAndAsUsualAfterwards) {
  Note("host:a");
  for (int i = 0; i < 20; ++i) {
    Call(Connect(0), "pam.verify",
         json::array({"alice", 1000, "login", json::array({"000000"}), false}))
        .value();
  }
  EXPECT_FALSE(Granted("host:a"));
  clock_.Advance(std::chrono::hours(24));
  EXPECT_FALSE(Granted("host:a", 30 * 24 * 60 * 60));
}

constexpr uid_t kProxy = 33;

class TrustedGraceTest : public PamGraceTest {
 protected:
  TrustedGraceTest() { services_->config.verify.trusted_uids = {kProxy}; }

  Result<json> NoteAs(uid_t uid, const std::string& place) {
    return Call(Connect(uid), "pam.note_login", json::array({"alice", 1000, place}));
  }
  Result<json> AskAs(uid_t uid, const std::string& place) {
    return Call(Connect(uid), "pam.grace", json::array({"alice", 1000, place, 60}));
  }
};

TEST_F(TrustedGraceTest, NoteOfATrustedApplicationCountsForItselfAlone) {
  EXPECT_FALSE(AskAs(kProxy, "host:a").value()["granted"]);
  NoteAs(kProxy, "host:a").value();
  EXPECT_TRUE(AskAs(kProxy, "host:a").value()["granted"]);
  EXPECT_FALSE(AskAs(kProxy, "host:b").value()["granted"]);
  EXPECT_FALSE(Granted("host:a"));
}

TEST_F(TrustedGraceTest, NoteOfRootsProgramsSparesNoCodeInATrustedApplication) {
  Note("host:a");
  EXPECT_FALSE(AskAs(kProxy, "host:a").value()["granted"]);
}

TEST_F(TrustedGraceTest, TrustedApplicationsKnowHostsAndNoTerminals) {
  EXPECT_EQ(NoteAs(kProxy, "tty:tty1").error().code(), ErrorCode::kNotPermitted);
  EXPECT_EQ(AskAs(kProxy, "tty:tty1").error().code(), ErrorCode::kNotPermitted);
}

TEST_F(TrustedGraceTest, OthersAreNotBelievedOnThemselvesNeither) {
  EXPECT_EQ(NoteAs(1000, "host:a").error().code(), ErrorCode::kNotPermitted);
  EXPECT_EQ(AskAs(1000, "host:a").error().code(), ErrorCode::kNotPermitted);
}

const Account kAliceAccount{*Username::Parse("alice"), 1000};

TEST_F(PamGraceTest, OldestPlaceGivesWay) {
  Grace grace;
  FactorWatch watch;
  const auto factor = watch.Watch(kAliceAccount.name);
  const auto at = [](std::size_t i) { return BootTime(std::chrono::seconds(i)); };
  for (std::size_t i = 0; i <= Grace::kMaxPlacesAUser; ++i) {
    grace.Note(PermitOfRoot(kAliceAccount), factor, std::to_string(i), at(i));
  }
  const auto covers = [&](std::size_t i) {
    return grace.Covers(kAliceAccount, std::to_string(i), std::chrono::hours(1), at(100));
  };
  EXPECT_FALSE(covers(0));
  EXPECT_TRUE(covers(1));
  EXPECT_TRUE(covers(Grace::kMaxPlacesAUser));
}

TEST_F(PamGraceTest, OldestUserGivesWay) {
  Grace grace;
  FactorWatch watch;
  const auto factor = watch.Watch(kAliceAccount.name);
  const auto user = [](std::size_t i) {
    return Account{*Username::Parse("u" + std::to_string(i)), 1000};
  };
  const auto at = [](std::size_t i) { return BootTime(std::chrono::seconds(i)); };
  for (std::size_t i = 0; i <= Grace::kMaxUsers; ++i) {
    grace.Note(PermitOfRoot(user(i)), factor, "a", at(i));
  }
  const auto covers = [&](std::size_t i) {
    return grace.Covers(user(i), "a", std::chrono::hours(24), at(Grace::kMaxUsers));
  };
  EXPECT_FALSE(covers(0));
  EXPECT_TRUE(covers(1));
  EXPECT_TRUE(covers(Grace::kMaxUsers));
}

}  // namespace
}  // namespace twofactor
