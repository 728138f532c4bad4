#include "helperd/twofactord/api/query.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

using nlohmann::json;

const json kEntry = {{"username", "alice"},
                     {"uid", 1000},
                     {"groups", {1, 2}},
                     {"twofactor_config", {{"interval", 30}}}};

bool Matches(const json& filter) {
  const auto query = ParseQuery(json::array({filter}), json::object());
  return query.value().Matches(kEntry);
}

TEST(QueryTest, OperatorsDoWhatTheySay) {
  EXPECT_TRUE(Matches({"username", "=", "alice"}));
  EXPECT_FALSE(Matches({"username", "!=", "alice"}));
  EXPECT_TRUE(Matches({"uid", "in", {1, 1000}}));
  EXPECT_TRUE(Matches({"uid", "nin", {1, 2}}));
  EXPECT_TRUE(Matches({"username", "~", "lic"}));
  EXPECT_TRUE(Matches({"username", "^", "al"}));
  EXPECT_TRUE(Matches({"username", "$", "ce"}));
  EXPECT_FALSE(Matches({"username", "$", "a longer one than the name"}));
  EXPECT_TRUE(Matches({"uid", ">", 999}));
  EXPECT_FALSE(Matches({"uid", "<", 1000}));
  EXPECT_TRUE(Matches({"uid", ">=", 1000}));
  EXPECT_TRUE(Matches({"uid", "<=", 1000}));
  EXPECT_TRUE(Matches({"twofactor_config.interval", "=", 30}));
  EXPECT_FALSE(Matches({"uid", "<", "text"}));
  EXPECT_TRUE(Matches({"nosuchfield", "=", nullptr}));
}

TEST(QueryTest, EveryFaultyFilterIsReported) {
  const auto query =
      ParseQuery(json::parse(R"([["a","=",1],["a","b"],["a","?",1],7])"), json::object());
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().faults().size(), 3U);
}

TEST(QueryTest, OrdersCutsAndSelects) {
  const auto query =
      ParseQuery(json::array(),
                 {{"order_by", {"-n"}}, {"select", {"n"}}, {"offset", 1}, {"limit", 2}})
          .value();
  const std::vector<json> entries = {{{"n", 1}, {"x", 1}}, {{"n", 4}}, {{"n", 3}}, {{"n", 2}}};
  EXPECT_EQ(Arrange(query, entries).value(), json::parse(R"([{"n":3},{"n":2}])"));
}

TEST(QueryTest, CountsAndGets) {
  const std::vector<json> entries = {{{"n", 1}}, {{"n", 2}}};
  EXPECT_EQ(Arrange(ParseQuery(json::array(), {{"count", true}}).value(), entries).value(), 2);
  const auto get = ParseQuery(json::array(), {{"get", true}}).value();
  EXPECT_EQ(Arrange(get, entries).value(), json::parse(R"({"n":1})"));
  EXPECT_EQ(Arrange(get, {}).error().code(), ErrorCode::kNoSuchUser);
}

}  // namespace
}  // namespace twofactor
