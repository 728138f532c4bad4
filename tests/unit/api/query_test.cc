#include "helperd/twofactord/api/query.h"

#include <gtest/gtest.h>

#include <chrono>

#include "helperd/twofactord/api/method_parameters.h"

namespace twofactor {
namespace {

using nlohmann::json;

const json kEntry = json::parse(R"({"username": "alice", "uid": 1000, "locked": false,
    "email": null, "full_name": "", "groups": [1, 2], "twofactor_config": {"interval": 30}})");

std::vector<Fault> FaultsOf(const json& filters, const json& options = json::object()) {
  const auto checked =
      CheckParams(parameters::UserQuery(), json::array({json(filters), json(options)}));
  return checked ? std::vector<Fault>() : checked.error().faults();
}

std::vector<std::string> FaultyAttributes(const json& filters,
                                          const json& options = json::object()) {
  std::vector<std::string> attributes;
  for (const Fault& fault : FaultsOf(filters, options)) {
    attributes.push_back(fault.attribute);
  }
  return attributes;
}

// Each row is [filter, does the entry match].
void ExpectRows(const char* rows) {
  for (const json& row : json::parse(rows)) {
    const json filters = json::array({row[0]});
    ASSERT_TRUE(FaultsOf(filters).empty()) << row;
    EXPECT_EQ(ParseQuery(filters, json::object()).Matches(kEntry), row[1]) << row;
  }
}

TEST(QueryTest, EqualityIsOfValueAndType) {
  ExpectRows(R"([
    [["username", "=", "alice"], true],   [["username", "=", "Alice"], false],
    [["username", "!=", "alice"], false], [["username", "!=", "bob"], true],
    [["uid", "=", 1000], true],           [["uid", "=", "1000"], false],
    [["uid", "=", 1000.0], true],         [["locked", "=", false], true],
    [["locked", "=", 0], false],          [["email", "=", null], true],
    [["email", "!=", null], false],       [["groups", "=", [1, 2]], true],
    [["twofactor_config.interval", "=", 30], true]])");
}

TEST(QueryTest, ListsHoldAValueOrDoNot) {
  ExpectRows(R"([
    [["uid", "in", [1, 1000]], true],   [["uid", "in", []], false],
    [["uid", "in", ["1000"]], false],   [["email", "in", [null]], true],
    [["uid", "nin", [1, 2]], true],     [["uid", "nin", [1000]], false],
    [["email", "nin", ["a@b"]], false]])");
}

TEST(QueryTest, WhatAnEntrysListOrTextHolds) {
  ExpectRows(R"([
    [["groups", "rin", 1], true],       [["groups", "rin", 3], false],
    [["groups", "rnin", 3], true],      [["groups", "rnin", 1], false],
    [["username", "rin", "lic"], true], [["username", "rnin", "lic"], false],
    [["username", "rin", 1], false],    [["email", "rin", "a"], false],
    [["email", "rnin", "a"], false],    [["uid", "rin", 1000], false],
    [["twofactor_config", "rin", "interval"], true]])");
}

TEST(QueryTest, TextDoesNotBeginOrEnd) {
  ExpectRows(R"([
    [["username", "!^", "al"], false], [["username", "!^", "li"], true],
    [["username", "!$", "ce"], false], [["username", "!$", "al"], true],
    [["email", "!^", "x"], false],     [["uid", "!$", "x"], false]])");
}

TEST(QueryTest, AMomentComparesAsTextAndAsAMoment) {
  // 2024-02-29T00:00:00Z
  const json entry = {{"at", {{"$date", 1709164800000}}}, {"none", nullptr}};
  const auto matches = [&entry](const char* filter) {
    const json filters = json::array({json::parse(filter)});
    EXPECT_TRUE(FaultsOf(filters).empty()) << filter;
    return ParseQuery(filters, json::object()).Matches(entry);
  };
  for (const char* filter :
       {R"(["at", "=", "2024-02-29T00:00:00Z"])", R"(["at", ">", "2024-02-28"])",
        R"(["at", "^", "2024-02"])", R"(["at", "~", "2024-.*Z$"])",
        R"(["at", "in", ["2024-02-29T00:00:00Z"]])", R"(["at", "in", [{"$date":1709164800000}]])",
        R"(["at", "=", {"$date": 1709164800000}])", R"(["at", "<", {"$date": 1709164800001}])",
        R"(["at.$date", "=", "2024-02-29"])", R"(["at.$date", "=", "2024-02-29T00:00:00"])",
        R"(["at.$date", ">=", "2024-02-29T01:00:00+01:00"])", R"(["at.$date", ">", "2024-02-28"])",
        R"(["at.$date", "=", 1709164800000])", R"(["at.$date", "!=", "2024-03-01"])",
        R"(["none", "!=", {"$date": 0}])"}) {
    EXPECT_TRUE(matches(filter)) << filter;
  }
  for (const char* filter :
       {R"(["at", "<", "2024-02-28"])", R"(["at.$date", "<", "2024-02-29"])",
        R"(["at", ">", {"$date": 1709164800000}])", R"(["none.$date", "!=", "2024-02-29"])",
        R"(["none", "=", {"$date": 0}])"}) {
    EXPECT_FALSE(matches(filter)) << filter;
  }
  EXPECT_EQ(FaultyAttributes(json::parse(R"([["at.$date",">","soon"],["at.$date","^","2024-01-01"],
                                             ["at.$date",">","2024-02-30"],["at",">",{"x":1}]])")),
            (std::vector<std::string>{"filters.0.2", "filters.1.1", "filters.2.2",
                                      "filters.3.2.$date", "filters.3.2.x"}));
}

TEST(QueryTest, TextBeginsAndEnds) {
  ExpectRows(R"([
    [["username", "^", "al"], true],  [["username", "^", "li"], false],
    [["username", "$", "ce"], true],  [["username", "$", "a longer one than the name"], false],
    [["username", "^", ""], true],    [["uid", "^", "1"], false],
    [["email", "^", ""], false],      [["email", "$", ""], false]])");
}

TEST(QueryTest, RegularExpressionsMatchAtTheStartAsPythonsMatchDoes) {
  ExpectRows(R"([
    [["username", "~", "al"], true],        [["username", "~", "lic"], false],
    [["username", "~", ".*lic"], true],     [["username", "~", "alice$"], true],
    [["username", "~", "a|x"], true],       [["username", "~", "x|lice"], false],
    [["username", "~", "(?i)ALICE"], true], [["username", "~", "[a-c]l\\w+e$"], true],
    [["email", "~", ""], true],             [["email", "~", "."], false],
    [["uid", "~", "1"], false]])");
}

TEST(QueryTest, OrderIsAmongNumbersAndAmongTexts) {
  ExpectRows(R"([
    [["uid", ">", 999], true],      [["uid", ">", 1000], false],
    [["uid", "<", 1001], true],     [["uid", "<", 1000], false],
    [["uid", ">=", 1000], true],    [["uid", ">=", 1001], false],
    [["uid", "<=", 1000], true],    [["uid", "<=", 999], false],
    [["uid", ">", 999.5], true],    [["username", ">", "al"], true],
    [["username", "<", "al"], false],
    [["uid", "<", "text"], false],  [["username", ">", 0], false],
    [["email", "<", 1], false],     [["locked", ">=", 0], false]])");
}

TEST(QueryTest, FieldThatIsNotThereMatchesNothing) {
  for (const char* op : {"=", "!=", "in", "nin", "~", "^", "$", ">", "<", ">=", "<="}) {
    const json value = std::string(op).ends_with("in") ? json::array() : json("");
    const json filters = json::array({json::array({"nosuchfield", op, value})});
    ASSERT_TRUE(FaultsOf(filters).empty()) << op;
    EXPECT_FALSE(ParseQuery(filters, json::object()).Matches(kEntry)) << op;
  }
  ExpectRows(R"([[["twofactor_config.nosuch", "=", null], false],
                 [["uid.x", "=", null], false], [["username.", "!=", 1], false]])");
}

TEST(QueryTest, OrNeedsOneOfItsBranches) {
  ExpectRows(R"([
    [["OR", [["uid", "=", 1], ["username", "=", "alice"]]], true],
    [["OR", [["uid", "=", 1], ["username", "=", "bob"]]], false],
    [["OR", [[["uid", "=", 1000], ["username", "=", "bob"]], ["uid", "=", 1000]]], true],
    [["OR", [[["uid", "=", 1000], ["username", "=", "bob"]]]], false],
    [["OR", []], false],
    [["OR", "=", 1], false]])");
}

TEST(QueryTest, WhatIsKnownEarlyRulesOutNoMatch) {
  const json known = {{"username", "alice"}, {"uid", 1000}};
  const auto may_match = [&known](const char* filters) {
    return ParseQuery(json::parse(filters), json::object()).MayMatch(known);
  };
  EXPECT_FALSE(may_match(R"([["uid","=",1]])"));
  EXPECT_TRUE(may_match(R"([["email","=","a@b"]])"));
  EXPECT_TRUE(may_match(R"([["OR",[["uid","=",1],["email","=","a@b"]]]])"));
  EXPECT_FALSE(may_match(R"([["OR",[["uid","=",1],["username","=","b"]]]])"));
  EXPECT_FALSE(may_match(R"([["OR",[[["uid","=",1],["email","=","a@b"]]]]])"));
}

TEST(QueryTest, EveryFaultOfACallIsReportedAtOnce) {
  EXPECT_EQ(FaultyAttributes(json::parse(R"([["a","=",1], ["","=",1], ["a","?",1], 7, ["a","in",1],
                                ["a","^",1], ["a","<",null], ["a","~","("], ["a","~",1]])"),
                             json::parse(R"({"limit": -1, "order": ["a"], "select": [1]})")),
            (std::vector<std::string>{"filters.1.0", "filters.2.1", "filters.3", "filters.4.2",
                                      "filters.5.2", "filters.6.2", "filters.7.2", "filters.8.2",
                                      "options.select.0", "options.limit", "options.order"}));
}

TEST(QueryTest, FaultsInsideOfAnOrAreNamed) {
  EXPECT_EQ(FaultyAttributes(json::parse(R"([["OR", [["a", "?", 1], [["a", "=", 1], ["b"]]]]])")),
            (std::vector<std::string>{"filters.0.1.0.1", "filters.0.1.1.1"}));
  // One level of it is enough for anybody's search box.
  EXPECT_FALSE(FaultsOf(json::parse(R"([["OR", [["OR", [["a", "=", 1]]]]]])")).empty());
}

TEST(QueryTest, HostileExpressionsAreRefusedOrFast) {
  const json entry = {{"name", std::string(1024, 'a')}};
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& pattern :
       {std::string("(a+)+$b"), std::string("(a|a)*b"), std::string("(.*a){40}b"),
        std::string("((a?){30}){30}b"), std::string("(((a{9}){9}){9}){9}"),
        std::string(60, '(') + "a" + std::string(60, ')'), std::string("\\pL{100}")}) {
    const json filters = json::array({json::array({"name", "~", pattern})});
    if (FaultsOf(filters).empty()) {
      EXPECT_FALSE(ParseQuery(filters, json::object()).Matches(entry) && pattern.ends_with('b'));
    }
  }
  // std::regex overflows its stack on the first of them, and a backtracking matcher never ends.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST(QueryTest, ExpressionsAreBoundInLengthNumberAndSubject) {
  const auto query = [](std::size_t count, std::size_t length) {
    const json pattern = json::array({"name", "~", std::string(length, 'a')});
    return json(std::vector<json>(count, pattern));
  };
  EXPECT_TRUE(FaultsOf(query(8, 128)).empty());
  EXPECT_EQ(FaultyAttributes(query(1, 129)), std::vector<std::string>{"filters.0.2"});
  EXPECT_EQ(FaultyAttributes(query(9, 1)), std::vector<std::string>{"filters"});
  EXPECT_EQ(FaultyAttributes(json::array({json::array({"OR", query(9, 1)})})),
            std::vector<std::string>{"filters"});
  const Query any = ParseQuery(query(1, 1), json::object());
  EXPECT_TRUE(any.Matches({{"name", std::string(1024, 'a')}}));
  EXPECT_FALSE(any.Matches({{"name", std::string(1025, 'a')}}));
}

}  // namespace
}  // namespace twofactor
