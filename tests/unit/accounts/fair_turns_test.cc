#include "helperd/twofactord/accounts_client/fair_turns.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace twofactor {
namespace {

constexpr int kForUsers = 96;
constexpr int kForRoot = 32;
constexpr uid_t kMallory = 1000;
constexpr uid_t kAlice = 1001;

// What is started runs until a test ends it, as a name does that is answered slowly.
class FairTurnsTest : public testing::Test {
 protected:
  // What still waits is not to start while the turns go.
  ~FairTurnsTest() override {
    if (turns_ != nullptr) {
      turns_->Drop();
    }
  }

  void Take(uid_t user, int requests = 1) {
    for (int i = 0; i < requests; ++i) {
      turns_->Take(user, [this, user](FairTurns::Turn turn) {
        running_[user].push_back(std::move(turn));
        order_.push_back(user);
      });
    }
  }
  std::size_t Running(uid_t user) { return running_[user].size(); }
  void EndOne(uid_t user) {
    const FairTurns::Turn ended = std::move(running_[user].back());
    running_[user].pop_back();
  }

  std::shared_ptr<FairTurns> turns_ = std::make_shared<FairTurns>(kForUsers, kForRoot);
  std::map<uid_t, std::vector<FairTurns::Turn>> running_;
  std::vector<uid_t> order_;
};

TEST_F(FairTurnsTest, OneUsersSlowRequestsDelayNobodyElse) {
  Take(kMallory, 100);
  EXPECT_EQ(Running(kMallory), 10U);
  Take(kAlice);
  EXPECT_EQ(Running(kAlice), 1U);
  Take(0, kForRoot);
  EXPECT_EQ(Running(0), static_cast<std::size_t>(kForRoot));
}

TEST_F(FairTurnsTest, ManyUsersSlowRequestsDelayNobodyElse) {
  for (uid_t user = 2000; user < 2050; ++user) {
    Take(user, 64);
  }
  Take(kAlice);
  EXPECT_EQ(Running(kAlice), 1U);
  Take(0);
  EXPECT_EQ(Running(0), 1U);
  EXPECT_LT(turns_->running(), kForUsers);
}

TEST_F(FairTurnsTest, HostileUsersNeverDelayRoot) {
  for (uid_t user = 2000; user < 3000; ++user) {
    Take(user, 4);
  }
  EXPECT_EQ(turns_->running(), kForUsers);
  Take(0, 100);
  EXPECT_EQ(Running(0), static_cast<std::size_t>(kForRoot));
}

TEST_F(FairTurnsTest, UserWithoutATurnYetComesFirst) {
  constexpr uid_t kFirst = 2000;
  for (uid_t user = kFirst; user < kFirst + kForUsers; ++user) {
    Take(user, 64);
  }
  // The first of them have several; until they have one each.
  for (uid_t user = kFirst; user < kFirst + kForUsers; ++user) {
    while (Running(user) > 1) {
      EndOne(user);
    }
  }
  ASSERT_EQ(turns_->running(), kForUsers);
  Take(3000);
  Take(kAlice);
  EndOne(kFirst);
  EXPECT_EQ(order_.back(), 3000U);
  EndOne(kFirst + 1);
  EXPECT_EQ(order_.back(), kAlice);
  EndOne(3000);
  EXPECT_EQ(order_.back(), kFirst);
}

TEST_F(FairTurnsTest, EndOfATurnStartsAWaitingRequest) {
  Take(kMallory, 30);
  EXPECT_EQ(Running(kMallory), 10U);
  for (int i = 0; i < 20; ++i) {
    EndOne(kMallory);
  }
  EXPECT_EQ(order_.size(), 30U);
  while (Running(kMallory) > 0) {
    EndOne(kMallory);
  }
  EXPECT_EQ(turns_->running(), 0);
}

TEST_F(FairTurnsTest, UnwantedTurnGoesToTheNextHoweverManyThereAre) {
  Take(kMallory, 10);
  for (int i = 0; i < 20000; ++i) {
    turns_->Take(kMallory, [](const FairTurns::Turn&) {});
  }
  Take(kMallory);
  EXPECT_EQ(order_.size(), 10U);
  EndOne(kMallory);
  EXPECT_EQ(order_.size(), 11U);
}

TEST_F(FairTurnsTest, WaitingRequestsAreDroppedAndTurnsMayOutliveTheirOwner) {
  Take(kMallory, 11);
  turns_->Drop();
  turns_.reset();
  running_.clear();
  EXPECT_EQ(order_.size(), 10U);
}

}  // namespace
}  // namespace twofactor
