#include "helperd/twofactord/rpc/peer_usage.h"

#include <gtest/gtest.h>

#include <vector>

#include "helperd/twofactord/rpc/peer_share.h"

namespace twofactor {
namespace {

using std::chrono::milliseconds;

constexpr uid_t kAlice = 1000;
constexpr uid_t kBob = 1001;
constexpr uid_t kCarol = 1002;

class PeerUsageTest : public testing::Test {
 protected:
  // A share of `uid`; null where the usage admits no more.
  std::shared_ptr<PeerShare> Admit(uid_t uid) {
    if (!usage_) {
      usage_ = std::make_shared<PeerUsage>(limits);
    }
    return usage_->Admit(uid, now);
  }
  PeerUsage& usage() { return *usage_; }

  Limits limits;
  PeerUsage::Moment now = PeerUsage::Moment::clock::now();

 private:
  std::shared_ptr<PeerUsage> usage_;
};

TEST_F(PeerUsageTest, OneUidHasItsLimitAndRootItsReserve) {
  limits.connections = 5;
  limits.connections_for_root = 2;
  limits.connections_per_uid = 2;
  const auto first = Admit(kAlice);
  auto second = Admit(kAlice);
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(Admit(kAlice));
  const auto bobs = Admit(kBob);
  EXPECT_TRUE(bobs);
  EXPECT_FALSE(Admit(kCarol));
  const auto roots = Admit(0);
  const auto roots_too = Admit(0);
  EXPECT_TRUE(roots && roots_too);
  EXPECT_FALSE(Admit(0));
  EXPECT_EQ(usage().connections(), 5);
  second.reset();
  EXPECT_TRUE(Admit(0));
}

TEST_F(PeerUsageTest, CallsPerUidAreLimitedAndRootsAreNot) {
  limits.calls_at_once = 3;
  limits.calls_per_second = 1;
  limits.calls_per_uid = 2;
  limits.calls_per_connection = 1000;
  const auto one = Admit(kAlice);
  const auto other = Admit(kAlice);
  EXPECT_TRUE(one->AddCall(now) && other->AddCall(now));
  EXPECT_FALSE(one->AddCall(now));
  other->RemoveCall();
  EXPECT_TRUE(one->AddCall(now));
  one->RemoveCall();
  EXPECT_FALSE(other->AddCall(now));
  const auto roots = Admit(0);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(roots->AddCall(now));
  }
}

TEST_F(PeerUsageTest, CallsOfAClosedConnectionDoNotCount) {
  limits.calls_per_uid = 1;
  auto gone = Admit(kAlice);
  const auto other = Admit(kAlice);
  EXPECT_TRUE(gone->AddCall(now));
  EXPECT_FALSE(other->AddCall(now));
  gone.reset();
  EXPECT_TRUE(other->AddCall(now));
}

TEST_F(PeerUsageTest, UnreadAnswersAreBoundedPerConnectionAndPerUid) {
  limits.output_bytes = 100;
  limits.output_bytes_per_uid = 250;
  limits.output_pause_bytes = 50;
  const auto first = Admit(kAlice);
  auto second = Admit(kAlice);
  const auto third = Admit(kAlice);
  EXPECT_FALSE(Admit(kBob)->AddOutput(101));
  EXPECT_TRUE(first->AddOutput(50));
  EXPECT_FALSE(first->HasEnoughOutput());
  EXPECT_TRUE(first->AddOutput(50));
  EXPECT_TRUE(first->HasEnoughOutput());
  EXPECT_TRUE(second->AddOutput(100));
  EXPECT_FALSE(third->AddOutput(51));
  third->RemoveOutput(51);
  second.reset();
  EXPECT_TRUE(third->AddOutput(100));
  EXPECT_TRUE(Admit(kBob)->AddOutput(100));
}

TEST_F(PeerUsageTest, MessagesInProgressAreBoundedPerUidAndRootsAreNot) {
  limits.message_bytes_per_uid = 100;
  const auto first = Admit(kAlice);
  auto second = Admit(kAlice);
  EXPECT_TRUE(first->AddMessage(100));
  EXPECT_FALSE(second->AddMessage(1));
  EXPECT_TRUE(Admit(kBob)->AddMessage(100));
  const auto roots = Admit(0);
  EXPECT_TRUE(roots->AddMessage(101));
  first->RemoveMessage(60);
  EXPECT_TRUE(second->AddMessage(60));
  EXPECT_FALSE(first->AddMessage(1));
  second.reset();
  EXPECT_TRUE(first->AddMessage(60));
}

TEST_F(PeerUsageTest, TimeCountsForAllConnectionsOfAUserAndRootOwesNone) {
  const auto one = Admit(kAlice);
  const auto other = Admit(kAlice);
  one->Charge(limits.time_at_once, now);
  EXPECT_EQ(other->Debt(now), milliseconds(0));
  one->Charge(limits.time_per_second / 2, now);
  EXPECT_EQ(other->Debt(now), milliseconds(500));
  EXPECT_EQ(Admit(kBob)->Debt(now), milliseconds(0));
  const auto roots = Admit(0);
  roots->Charge(std::chrono::hours(1), now);
  EXPECT_EQ(roots->Debt(now), milliseconds(0));
}

TEST_F(PeerUsageTest, BeingTurnedAwayAgainAndAgainIsChargedToo) {
  limits.connections_per_uid = 1;
  const auto only = Admit(kAlice);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_FALSE(Admit(kAlice));
  }
  EXPECT_GT(only->Debt(now), milliseconds(0));
  EXPECT_EQ(Admit(kBob)->Debt(now), milliseconds(0));
}

TEST_F(PeerUsageTest, IdleUsersAreForgottenUnlessTheyOwe) {
  Admit(kAlice)->Charge(std::chrono::seconds(1), now);
  const auto bobs = Admit(kBob);
  for (uid_t uid = 10'000; uid < 20'000; ++uid) {
    Admit(uid);
  }
  EXPECT_LT(usage().users(), 2'000U);
  EXPECT_EQ(usage().connections(), 1);
  EXPECT_GT(Admit(kAlice)->Debt(now), milliseconds(0));
}

TEST_F(PeerUsageTest, UidsThatCountAsOneShareTheLimits) {
  limits.connections_per_uid = 2;
  const auto usage = std::make_shared<PeerUsage>(
      limits, [](uid_t uid, PeerUsage::Moment) { return uid >= 100'000 ? 100'000 : uid; });
  const auto one = usage->Admit(100'001, now);
  const auto other = usage->Admit(165'535, now);
  EXPECT_TRUE(one && other);
  EXPECT_FALSE(usage->Admit(100'002, now));
  EXPECT_TRUE(usage->Admit(kAlice, now));
}

}  // namespace
}  // namespace twofactor
