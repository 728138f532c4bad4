#include <gtest/gtest.h>

#include "helperd/twofactord/api/query.h"
#include "tests/unit/api/api_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

const std::vector<json>& Entries() {
  static const std::vector<json> entries = {
      json::parse(R"({"n": 1, "x": "b", "in": {"side": 1, "other": 2}})"),
      json::parse(R"({"n": 4, "x": null})"), json::parse(R"({"n": 3, "x": "a"})"),
      json::parse(R"({"n": 2, "x": "b"})")};
  return entries;
}

json Arranged(const char* options) {
  return Arrange(ParseQuery(json::array(), json::parse(options)), Entries()).value();
}

// The entries' numbers in the order that `order_by` gives them.
json OrderOf(const char* order_by) {
  json order = json::array();
  for (const json& entry : Arranged((std::string(R"({"order_by":)") + order_by + "}").c_str())) {
    order.push_back(entry["n"]);
  }
  return order;
}

TEST(QueryOptionsTest, OrdersByEachTermInTurn) {
  EXPECT_EQ(OrderOf(R"(["n"])"), json({1, 2, 3, 4}));
  EXPECT_EQ(OrderOf(R"(["-n"])"), json({4, 3, 2, 1}));
  EXPECT_EQ(OrderOf(R"(["x", "n"])"), json({4, 3, 1, 2}));
  EXPECT_EQ(OrderOf(R"(["-x", "-n"])"), json({4, 2, 1, 3}));
  EXPECT_EQ(OrderOf(R"(["nulls_last:x", "n"])"), json({3, 1, 2, 4}));
  EXPECT_EQ(OrderOf(R"(["nulls_first:-x", "n"])"), json({4, 1, 2, 3}));
  EXPECT_EQ(OrderOf(R"(["nosuchfield"])"), json({1, 4, 3, 2}));
}

TEST(QueryOptionsTest, CutsAfterOrdering) {
  EXPECT_EQ(Arranged(R"({"order_by": ["-n"], "select": ["n"], "offset": 1, "limit": 2})"),
            json::parse(R"([{"n":3},{"n":2}])"));
  EXPECT_EQ(Arranged(R"({"offset": 4})"), json::array());
  EXPECT_EQ(Arranged(R"({"limit": 0})").size(), 4U);
}

TEST(QueryOptionsTest, SelectGivesTheObjectsOnTheWayAndLeavesOutWhatIsNotThere) {
  const json all = Arranged(R"({"select": ["in.side", "x", "nosuch", "x.y"], "limit": 2})");
  EXPECT_EQ(all, json::parse(R"([{"in": {"side": 1}, "x": "b"}, {"x": null}])"));
}

TEST(QueryOptionsTest, SelectGivesOtherNames) {
  EXPECT_EQ(Arranged(R"({"select": [["in.side", "s"], "x", ["nosuch", "y"]], "limit": 2})"),
            json::parse(R"([{"s": 1, "x": "b"}, {"x": null}])"));
  // A name that is in the way of a path gives way.
  EXPECT_EQ(Arranged(R"({"select": [["x", "in"], "in.side"], "limit": 1})"),
            json::parse(R"([{"in": {"side": 1}}])"));
}

TEST(QueryOptionsTest, MomentsAreOrdered) {
  const std::vector<json> entries = {{{"n", 1}, {"at", {{"$date", 20}}}},
                                     {{"n", 2}, {"at", {{"$date", 3}}}},
                                     {{"n", 3}, {"at", nullptr}}};
  const Query query =
      ParseQuery(json::array(), json::parse(R"({"order_by": ["at"], "select": ["n"]})"));
  EXPECT_EQ(Arrange(query, entries).value(), json::parse(R"([{"n":3},{"n":2},{"n":1}])"));
}

TEST(QueryOptionsTest, CountIsOfAllThatMatchWhateverTheLimit) {
  EXPECT_EQ(Arranged(R"({"count": true, "limit": 1, "offset": 3, "select": ["n"]})"), 4);
}

TEST(QueryOptionsTest, GetIsTheFirstOneOrTrueNASsErrorWithoutAMatch) {
  EXPECT_EQ(Arranged(R"({"get": true, "order_by": ["-n"], "select": ["n"], "offset": 2})"),
            json::parse(R"({"n":4})"));
  const Query get = ParseQuery(json::array(), {{"get", true}});
  EXPECT_EQ(Arrange(get, {}).error().code(), ErrorCode::kConflict);
  EXPECT_EQ(Arrange(get, {}).error().message(), "MatchNotFound()");
}

class UserQueryTest : public ApiFixture {
 protected:
  json Names(const Peer& peer, const char* filters) {
    json names = json::array();
    const json users = Call(peer, "user.query", json::array({json::parse(filters)})).value();
    for (const json& user : users) {
      names.push_back(user["username"]);
    }
    return names;
  }
};

TEST_F(UserQueryTest, AdministratorsSeeEverybodyAndOthersThemselves) {
  EXPECT_EQ(Names(Connect(0), "[]").size(), 5U);
  EXPECT_EQ(Names(Connect(kReader), "[]").size(), 5U);
  EXPECT_EQ(Names(Connect(kAlice), "[]"), json::array({"alice"}));
  EXPECT_EQ(Names(Connect(kNameless), "[]"), json::array());
}

// SSSD's default: it answers by name and uid, and lists nobody.
TEST_F(UserQueryTest, UsersOfTheVaultAreThereThoughTheDirectoryListsNobody) {
  Enroll("bob");
  Enroll("root");
  accounts_.enumerates = false;
  EXPECT_EQ(Names(Connect(0), R"([["twofactor_auth_configured", "=", true]])"),
            json::array({"root", "bob"}));
  accounts_.Rename("bob", "");
  EXPECT_EQ(Names(Connect(0), R"([["twofactor_auth_configured", "=", true]])"),
            json::array({"root"}));
}

TEST_F(UserQueryTest, FiltersReachEveryFieldOfTheEntry) {
  Enroll("bob");
  const Peer root = Connect(0);
  EXPECT_EQ(Names(root, R"([["twofactor_auth_configured", "=", true]])"), json::array({"bob"}));
  EXPECT_EQ(Names(root, R"([["full_name", "~", "Ali"]])"), json::array({"alice"}));
  EXPECT_EQ(Names(root, R"([["roles", "=", ["FULL_ADMIN"]], ["uid", ">", 0]])"), json::array());
  EXPECT_EQ(Names(root, R"([["OR", [["uid", "=", 1000], ["group.id", "=", 1001]]]])"),
            json::array({"alice", "bob"}));
}

TEST_F(UserQueryTest, OptionsOfTrueNasChangeNothing) {
  const json options = json::parse(R"({"extra": {"a": 1}, "force_sql_filters": true, "prefix": null,
      "relationships": false, "extend": "x", "extend_context": null, "select": [["uid", "n"]]})");
  EXPECT_EQ(Call(Connect(kAlice), "user.query", json::array({json::array(), options})).value(),
            json::parse(R"([{"n": 1000}])"));
}

TEST_F(UserQueryTest, AMomentIsFilteredAndAnsweredAsOne) {
  EXPECT_EQ(Names(Connect(0), R"([["last_password_change.$date", "<", "2024-03-01"]])").size(), 5U);
  const json alice = Call(Connect(0), "user.get_instance", kAliceName).value();
  EXPECT_EQ(alice["last_password_change"], json({{"$date", 1709164800000}}));
}

TEST_F(UserQueryTest, OptionsGiveOneACountOrSomeFields) {
  const Peer root = Connect(0);
  const auto query = [&](const char* filters, const char* options) {
    return Call(root, "user.query", json::array({json::parse(filters), json::parse(options)}));
  };
  EXPECT_EQ(query("[]", R"({"count": true})").value(), 5);
  EXPECT_EQ(query("[]", R"({"get": true})").value()["username"], "root");
  EXPECT_EQ(query(R"([["uid", "=", 7]])", R"({"get": true})").error().code(), ErrorCode::kConflict);
  EXPECT_EQ(
      query(R"([["uid", "=", 1000]])", R"({"select": ["username", "twofactor_config.interval"]})")
          .value(),
      json::parse(R"([{"username": "alice", "twofactor_config": {"interval": 30}}])"));
}

TEST_F(UserQueryTest, InstanceGoesByIdOrByName) {
  const Peer root = Connect(0);
  EXPECT_EQ(Call(root, "user.get_instance", json::array({1001})).value()["username"], "bob");
  EXPECT_EQ(Call(root, "user.get_instance", json::array({"bob"})).value()["id"], 1001);
  EXPECT_EQ(Refusal(root, "user.get_instance", json::array({100001001})), "ENOENT");
  EXPECT_EQ(Refusal(root, "user.get_instance", json::array({"1001"})), "ENOENT");
  EXPECT_EQ(Refusal(root, "user.get_instance", json::array({-1})), "EINVAL");
}

TEST_F(UserQueryTest, HashesThatAreHiddenCannotBeSearchedFor) {
  // root's, of FULL_ADMIN.
  EXPECT_EQ(Names(Connect(kAdmin), R"([["unixhash", "^", "$y$"]])").size(), 4U);
  EXPECT_EQ(Names(Connect(0), R"([["unixhash", "^", "$y$"]])").size(), 5U);
  EXPECT_EQ(Names(Connect(kReader), R"([["unixhash", "^", "$y$"]])"), json::array());
  EXPECT_EQ(Names(Connect(kReader), R"([["password_history", "=", "********"]])").size(), 5U);
}

}  // namespace
}  // namespace twofactor
