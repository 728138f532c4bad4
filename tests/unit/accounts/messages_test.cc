#include "helperd/messages/accounts_messages.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

using nlohmann::json;

TEST(AccountsMessagesTest, RequestsRoundTrip) {
  const auto identify =
      ParseAccountsRequest(ToText({AccountsOp::kIdentify, 1000, {"a", "b"}, {}})).value();
  EXPECT_EQ(identify.uid, 1000U);
  EXPECT_EQ(identify.groups.size(), 2U);
  EXPECT_EQ(ParseAccountsRequest(ToText({AccountsOp::kFindUser, 0, {}, "x"})).value().name, "x");
}

TEST(AccountsMessagesTest, RequestsInAnyOtherFormAreRefused) {
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

TEST(AccountsMessagesTest, AnswersAndErrorsRoundTrip) {
  EXPECT_EQ(ParseAccountsAnswer(AnswerText(json{{"a", 1}})).value(), json({{"a", 1}}));
  const auto error = ParseAccountsAnswer(AnswerText(Error(ErrorCode::kNoSuchUser, "who")));
  EXPECT_EQ(error.error().code(), ErrorCode::kNoSuchUser);
  for (const char* text : {"", "{}", "1", R"({"ok":1,"error":{}})", R"({"error":{}})"}) {
    EXPECT_EQ(ParseAccountsAnswer(text).error().code(), ErrorCode::kCorrupt) << text;
  }
}

TEST(AccountsMessagesTest, IdentitiesRoundTrip) {
  const Identity identity{PasswdEntry{"a", 1, 2, "g", "/d", "/s"}, {2, 3}, {{"x", 9}}};
  EXPECT_EQ(ParseIdentity(ToJson(identity)).value(), identity);
  Identity directory = identity;
  directory.local = false;
  EXPECT_EQ(ParseIdentity(ToJson(directory)).value(), directory);
  EXPECT_FALSE(ParseIdentity(json{{"entry", nullptr}}));
}

json Described() {
  return json::parse(R"({"id":1,"uid":1,"username":"a","unixhash":null,"smbhash":null,"home":"/",
    "shell":"/bin/sh","full_name":"","builtin":true,"smb":false,"userns_idmap":"DIRECT",
    "group":{"id":1,"bsdgrp_gid":1,"bsdgrp_group":"a","bsdgrp_builtin":true},"groups":[1],"password_disabled":true,"ssh_password_enabled":false,
    "sshpubkey":null,"locked":false,"sudo_commands":["ALL"],"sudo_commands_nopasswd":[],
    "email":null,"id_type_both":false,"local":true,"immutable":true,"sid":null,
    "last_password_change":null,"password_age":null,"password_history":[{"hash":"h"}],
    "password_change_required":false})");
}

TEST(AccountsMessagesTest, DescriptionMustHaveEveryFieldOfItsTypeAndNoOther) {
  ASSERT_TRUE(CheckDescription(Described()));
  EXPECT_FALSE(CheckDescription(json::array()));
  const json whole = Described();
  for (const auto& [name, value] : whole.items()) {
    json without = whole;
    without.erase(name);
    EXPECT_FALSE(CheckDescription(without)) << name;
    without["other"] = value;
    EXPECT_FALSE(CheckDescription(without)) << name;
    json wrong = whole;
    wrong[name] = 1.5;
    EXPECT_FALSE(CheckDescription(wrong)) << name;
  }
}

TEST(AccountsMessagesTest, DescriptionStaysWithinTheBoundsOfTheEntry) {
  const json wrong = json::parse(R"([{"home":""},{"shell":""},{"username":""},{"uid":-1},
    {"uid":4294967295},{"userns_idmap":0},{"userns_idmap":"INDIRECT"},{"groups":[4294967296]},
    {"sudo_commands":[""]},{"email":"nobody"},{"last_password_change":"2024-02-30T00:00:00Z"},
    {"group":{}},{"group":{"id":1,"bsdgrp_gid":"1","bsdgrp_group":"a","bsdgrp_builtin":true}},
    {"password_history":["h"]},{"password_history":"********"}])");
  for (const json& change : wrong) {
    json described = Described();
    described.update(change);
    EXPECT_EQ(CheckDescription(described).error().code(), ErrorCode::kCorrupt) << change;
  }
}

TEST(AccountsMessagesTest, RefusalOfADescriptionNamesTheFieldAndNotItsValue) {
  json described = Described();
  described["unixhash"] = {"$y$secret"};
  const std::string message = CheckDescription(described).error().message();
  EXPECT_NE(message.find("unixhash"), std::string::npos) << message;
  EXPECT_EQ(message.find("$y$"), std::string::npos) << message;
}

}  // namespace
}  // namespace twofactor
