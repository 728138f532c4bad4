#include "helperd/messages/accounts_messages.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

using nlohmann::json;

TEST(AccountsMessagesTest, RequestsSurviveTheWay) {
  const auto identify =
      ParseAccountsRequest(ToText({AccountsOp::kIdentify, 1000, {"a", "b"}, {}})).value();
  EXPECT_EQ(identify.uid, 1000U);
  EXPECT_EQ(identify.groups.size(), 2U);
  EXPECT_EQ(ParseAccountsRequest(ToText({AccountsOp::kFindUser, 0, {}, "x"})).value().name, "x");
}

TEST(AccountsMessagesTest, RequestsThatAreNotExactlySoAreRefused) {
  for (const char* text :
       {"", "{}", "[]", R"({"op":"x"})", R"({"op":"find_user"})", R"({"op":"find_user","name":7})",
        R"({"op":"find_user","name":"a","b":1})", R"({"op":"identify","uid":-1,"groups":[]})",
        R"({"op":"identify","uid":4294967296,"groups":[]})",
        R"({"op":"identify","uid":1,"groups":[1]})"}) {
    EXPECT_FALSE(ParseAccountsRequest(text)) << text;
  }
}

TEST(AccountsMessagesTest, MessagesThatAreTooLongAreRefused) {
  const std::string name(kMaxAccountsRequestBytes - 28, 'a');
  const std::string most = R"({"name":")" + name + R"(","op":"find_user"})";
  ASSERT_EQ(most.size(), kMaxAccountsRequestBytes);
  EXPECT_TRUE(ParseAccountsRequest(most));
  EXPECT_FALSE(ParseAccountsRequest(most + " "));
  const std::string answer = R"({"ok":1})";
  EXPECT_TRUE(ParseAccountsAnswer(answer + std::string(kMaxAccountsAnswerBytes - 8, ' ')));
  EXPECT_FALSE(ParseAccountsAnswer(answer + std::string(kMaxAccountsAnswerBytes - 7, ' ')));
}

TEST(AccountsMessagesTest, AnswersAndErrorsSurviveTheWay) {
  EXPECT_EQ(ParseAccountsAnswer(AnswerText(json{{"a", 1}})).value(), json({{"a", 1}}));
  const auto error = ParseAccountsAnswer(AnswerText(Error(ErrorCode::kNoSuchUser, "who")));
  EXPECT_EQ(error.error().code(), ErrorCode::kNoSuchUser);
  for (const char* text : {"", "{}", "1", R"({"ok":1,"error":{}})", R"({"error":{}})"}) {
    EXPECT_EQ(ParseAccountsAnswer(text).error().code(), ErrorCode::kCorrupt) << text;
  }
}

TEST(AccountsMessagesTest, IdentitiesSurviveTheWay) {
  const Identity identity{PasswdEntry{"a", 1, 2, "g", "/d", "/s"}, {2, 3}, {{"x", 9}}};
  EXPECT_EQ(ParseIdentity(ToJson(identity)).value(), identity);
  EXPECT_FALSE(ParseIdentity(json{{"entry", nullptr}}));
}

TEST(AccountsMessagesTest, DescriptionMustHaveEveryFieldOfItsTypeAndNoOther) {
  EXPECT_FALSE(CheckDescription(json::object()));
  EXPECT_FALSE(CheckDescription(json::array()));
}

}  // namespace
}  // namespace twofactor
