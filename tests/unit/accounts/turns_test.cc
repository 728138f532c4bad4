#include "helperd/twofactord/accounts_client/turns.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

namespace twofactor {
namespace {

class TurnsTest : public testing::Test {
 protected:
  void Take(const std::string& user, int number) {
    turns_->Take(user, [this, number](Turns::Turn turn) {
      started_.push_back(number);
      running_.push_back(std::move(turn));
    });
  }

  std::shared_ptr<Turns> turns_ = std::make_shared<Turns>(2);
  std::vector<int> started_;
  std::vector<Turns::Turn> running_;
};

TEST_F(TurnsTest, RequestsAboutOneUserWaitInLineAndOthersDoNot) {
  Take("eve", 1);
  Take("eve", 2);
  Take("eve", 3);
  Take("eve", 4);
  Take("bob", 5);
  EXPECT_EQ(started_, (std::vector<int>{1, 2, 5}));
  running_[0].reset();
  EXPECT_EQ(started_, (std::vector<int>{1, 2, 5, 3}));
  running_[1].reset();
  EXPECT_EQ(started_, (std::vector<int>{1, 2, 5, 3, 4}));
}

TEST_F(TurnsTest, UnwantedTurnGoesToTheNext) {
  Take("eve", 1);
  Take("eve", 2);
  turns_->Take("eve", [](const Turns::Turn&) {});
  Take("eve", 3);
  running_[0].reset();
  EXPECT_EQ(started_, (std::vector<int>{1, 2, 3}));
}

TEST_F(TurnsTest, QueueThatEndedStartsAgain) {
  for (int round = 0; round < 3; ++round) {
    Take("eve", 1);
    Take("eve", 2);
    Take("eve", 3);
    running_[0].reset();
    running_[1].reset();
    running_[2].reset();
    running_.clear();
  }
  EXPECT_EQ(started_, (std::vector<int>{1, 2, 3, 1, 2, 3, 1, 2, 3}));
}

TEST_F(TurnsTest, WaitingRequestsAreDroppedAndTurnsMayOutliveTheirOwner) {
  Take("eve", 1);
  Take("eve", 2);
  Take("eve", 3);
  turns_->Drop();
  turns_.reset();
  running_.clear();
  EXPECT_EQ(started_, (std::vector<int>{1, 2}));
}

}  // namespace
}  // namespace twofactor
