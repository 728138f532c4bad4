#include "helperd/twofactord/api/stale_look.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

VaultUser User(const std::string& name, uid_t uid) {
  return {Username::Parse(name).value(), uid, 1, std::nullopt};
}

std::vector<UserCheck> Known(std::size_t count) {
  return std::vector<UserCheck>(count, {.state = UserCheck::State::kKnown});
}

const std::vector<VaultUser>& Users() {
  static const std::vector<VaultUser> users = {User("alice", 1), User("bob", 2), User("bob", 3),
                                               User("carol", 4)};
  return users;
}

TEST(StaleLookTest, WhenAllWereAnsweredTheNextLookBeginsAfterTheLastOne) {
  const auto last = LookOf(Users(), Known(4), /*more=*/false);
  EXPECT_EQ(last.users.size(), 4U);
  EXPECT_EQ(last.next, std::nullopt);
  EXPECT_EQ(LookOf(Users(), Known(4), /*more=*/true).next, "carol");
}

TEST(StaleLookTest, NameThatWasNotAnsweredWholeIsAskedForAgain) {
  EXPECT_EQ(LookOf(Users(), Known(3), false).users.size(), 3U);
  const auto look = LookOf(Users(), Known(2), false);
  EXPECT_EQ(look.users.size(), 1U);
  EXPECT_EQ(look.next, "alice");
}

TEST(StaleLookTest, LookThatGivesNothingStillGoesOn) {
  const auto none = LookOf(Users(), {}, false);
  ASSERT_EQ(none.users.size(), 1U);
  EXPECT_EQ(none.users[0].second.state, UserCheck::State::kUnanswered);
  EXPECT_EQ(none.next, "alice");
  const auto part = LookOf({User("bob", 2), User("bob", 3)}, Known(1), false);
  ASSERT_EQ(part.users.size(), 2U);
  EXPECT_EQ(part.users[0].second.state, UserCheck::State::kKnown);
  EXPECT_EQ(part.users[1].second.state, UserCheck::State::kUnanswered);
}

TEST(StaleLookTest, RequestHasRoomForWhatIsSentWhateverTheNamesAre) {
  for (const std::string& name : {std::string("al"), std::string(112, '\xC3')}) {
    std::vector<VaultUser> users(500, User(name, 4294967294));
    std::vector<UserToCheck> sent(UsersOfARequest(users), {name, 4294967294});
    EXPECT_GE(sent.size(), 80U);
    EXPECT_LE(ToText({AccountsOp::kCheckUsers, 0, {}, {}, {}, sent}).size(),
              kMaxAccountsRequestBytes);
  }
}

}  // namespace
}  // namespace twofactor
