// core.subscribe, and the events of user.query.
#include <optional>

#include "tests/unit/api/api_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

// A peer's end of the notifications.
class RecordingNotifier final : public Notifier {
 public:
  bool KeepsUp() const override { return keeps_up; }
  void Notify(const std::string& method, json params) override {
    told.push_back({{"method", method}, {"params", std::move(params)}});
  }

  bool keeps_up = true;
  std::vector<json> told;
};

class EventsTest : public ApiFixture {
 protected:
  // A peer that is told of `event`.
  struct Subscriber {
    Peer peer;
    std::unique_ptr<RecordingNotifier> notifier = std::make_unique<RecordingNotifier>();
    std::string id;

    const std::vector<json>& told() const { return notifier->told; }
  };
  Subscriber Subscribe(uid_t uid, const char* event = "user.query") {
    Subscriber one{Connect(uid), std::make_unique<RecordingNotifier>(), ""};
    one.peer.session->notifier = one.notifier.get();
    subscribers_.insert(uid);
    one.id = Call(one.peer, "core.subscribe", json::array({event})).value();
    return one;
  }
};

TEST_F(EventsTest, AChangeOfAFactorIsToldWithTheWholeEntry) {
  const auto root = Subscribe(0);
  EXPECT_TRUE(root.peer.session->awaits_events);
  Enroll("alice");
  ASSERT_EQ(root.told().size(), 1U);
  const json& event = root.told()[0];
  EXPECT_EQ(event["method"], "collection_update");
  EXPECT_EQ(event["params"]["msg"], "changed");
  EXPECT_EQ(event["params"]["collection"], "user.query");
  EXPECT_EQ(event["params"]["id"], 1000);
  EXPECT_EQ(event["params"]["fields"],
            Call(Connect(0), "user.get_instance", json::array({"alice"})).value());
  EXPECT_EQ(event["params"]["fields"]["twofactor_auth_configured"], true);
  EXPECT_EQ(event["params"]["fields"]["twofactor_config"]["provisioning_uri"], nullptr);
}

TEST_F(EventsTest, EveryKindOfChangeIsToldOnceAndNothingElseIs) {
  const auto root = Subscribe(0, "*");
  Enroll("alice");
  Call(Connect(0), "user.verify_twofactor_token", json::array({"alice", CodeOf("alice")})).value();
  Call(Connect(0), "user.clear_2fa_throttle", kAliceName).value();
  EXPECT_EQ(root.told().size(), 1U);
  Enroll("alice");
  EXPECT_EQ(root.told().size(), 2U);
  Call(Connect(0), "user.unset_2fa_secret", kAliceName).value();
  ASSERT_EQ(root.told().size(), 3U);
  EXPECT_EQ(root.told()[2]["params"]["fields"]["twofactor_auth_configured"], false);
  Call(Connect(0), "user.unset_2fa_secret", kAliceName).value();
  EXPECT_EQ(root.told().size(), 3U);
}

TEST_F(EventsTest, OnlyThoseWhoMaySeeTheUserAreToldAndHashesStayHidden) {
  const auto reader = Subscribe(kReader);
  const auto bob = Subscribe(kBob);
  const auto alice = Subscribe(kAlice);
  Enroll("alice");
  EXPECT_EQ(bob.told().size(), 0U);
  ASSERT_EQ(alice.told().size(), 1U);
  ASSERT_EQ(reader.told().size(), 1U);
  EXPECT_EQ(reader.told()[0]["params"]["fields"]["unixhash"], "********");
}

TEST_F(EventsTest, OtherNamesAreTakenAndNothingIsToldOfThem) {
  const auto root = Subscribe(0, "core.get_jobs");
  Enroll("alice");
  EXPECT_TRUE(root.told().empty());
}

TEST_F(EventsTest, AfterUnsubscribingNothingIsTold) {
  const auto root = Subscribe(0);
  EXPECT_EQ(Call(root.peer, "core.unsubscribe", json::array({"no such id"})).value(), nullptr);
  EXPECT_TRUE(root.peer.session->awaits_events);
  EXPECT_EQ(Call(root.peer, "core.unsubscribe", json::array({root.id})).value(), nullptr);
  EXPECT_FALSE(root.peer.session->awaits_events);
  Enroll("alice");
  EXPECT_TRUE(root.told().empty());
}

TEST_F(EventsTest, SubscriptionsOfAConnectionAreBound) {
  const auto root = Subscribe(0);
  const json name = json::array({"user.query"});
  for (std::size_t i = 1; i < Subscriptions::kMaxPerConnection; ++i) {
    EXPECT_TRUE(Call(root.peer, "core.subscribe", name)) << i;
  }
  EXPECT_EQ(Refusal(root.peer, "core.subscribe", name), "E2BIG");
  Enroll("alice");
  EXPECT_EQ(root.told().size(), 1U);
}

TEST_F(EventsTest, APeerThatDoesNotReadIsToldTheEndOnceAndNothingMore) {
  const auto slow = Subscribe(0);
  const auto quick = Subscribe(0);
  slow.notifier->keeps_up = false;
  Enroll("alice");
  Enroll("bob");
  ASSERT_EQ(slow.told().size(), 1U);
  EXPECT_EQ(slow.told()[0]["method"], "notify_unsubscribed");
  EXPECT_EQ(slow.told()[0]["params"]["collection"], "user.query");
  EXPECT_EQ(slow.told()[0]["params"]["error"]["errname"], "EAGAIN");
  EXPECT_FALSE(slow.peer.session->awaits_events);
  EXPECT_EQ(quick.told().size(), 2U);
}

TEST_F(EventsTest, WhereTheSystemDoesNotAnswerTheSubscriptionEndsWithThatReason) {
  const auto root = Subscribe(0);
  Enroll("alice");
  // The name is looked up, and then the directory goes away.
  accounts_.down_after_find = true;
  Call(Connect(0), "user.unset_2fa_secret", kAliceName).value();
  ASSERT_EQ(root.told().size(), 2U);
  EXPECT_EQ(root.told()[1]["method"], "notify_unsubscribed");
  EXPECT_EQ(root.told()[1]["params"]["error"]["errname"], "ETIMEDOUT");
}

TEST_F(EventsTest, APeerThatHasGoneIsForgotten) {
  auto gone = std::make_optional(Subscribe(0));
  auto detached = Subscribe(0);
  detached.peer.session->notifier = nullptr;
  gone.reset();
  Enroll("alice");
  EXPECT_TRUE(detached.told().empty());
}

TEST_F(EventsTest, AnEventHasTheFieldsOfTheSessionsVersion) {
  const auto root = Subscribe(0);
  root.peer.session->version = {26, 0, 0};
  Enroll("alice");
  ASSERT_EQ(root.told().size(), 1U);
  EXPECT_EQ(root.told()[0]["params"]["fields"]["webshare"], false);
}

}  // namespace
}  // namespace twofactor
