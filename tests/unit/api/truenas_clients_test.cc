// What TrueNAS' own clients call, and how the versions of its API differ.
#include "helperd/twofactord/api/entry_versions.h"
#include "tests/unit/api/api_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

class TrueNasClientsTest : public ApiFixture {
 protected:
  json Answer(const Peer& peer, const char* method, const char* params) {
    return Call(peer, method, json::parse(params)).value();
  }
  // The fields of alice's entry on a connection of this version.
  json AliceAt(const ApiVersion& version) {
    const Peer root = Connect(0);
    root.session->version = version;
    json entry;
    api_->Dispatch(root.session, "user.get_instance", kAliceName,
                   [&entry](const Result<json>& answer) { entry = answer.value(); });
    return entry;
  }
};

TEST_F(TrueNasClientsTest, LoginTakesOptionsAndLeavesTheUserOutWhereTheySaySo) {
  Enroll("alice");
  const Peer alice = Connect(kAlice);
  const json login = {{"mechanism", "OTP_TOKEN"},
                      {"otp_token", CodeOf("alice")},
                      {"login_options", {{"user_info", false}, {"reconnect_token", true}}}};
  const json answer = Call(alice, "auth.login_ex", json::array({login})).value();
  EXPECT_EQ(answer, json::parse(R"({"response_type":"SUCCESS","user_info":null,
                                    "authenticator":"LEVEL_1"})"));
  EXPECT_EQ(Answer(alice, "auth.me", "[]")["authenticated"], true);
  EXPECT_EQ(Answer(alice, "auth.logout", "[]"), true);
  EXPECT_EQ(Answer(alice, "auth.me", "[]")["authenticated"], false);
}

TEST_F(TrueNasClientsTest, PasswordsAndKeysAreDeniedUnread) {
  EXPECT_EQ(Answer(Connect(kAlice), "auth.mechanism_choices", "[]"), json::array({"OTP_TOKEN"}));
  for (const char* login :
       {R"([{"mechanism":"PASSWORD_PLAIN","username":"alice","password":"secret"}])",
        R"([{"mechanism":"API_KEY_PLAIN","username":"alice","api_key":"secret"}])",
        R"([{"mechanism":"TOKEN_PLAIN","token":"secret","login_options":{}}])",
        R"([{"mechanism":"SCRAM","scram_type":"CLIENT_FIRST_MESSAGE","rfc_str":"secret"}])"}) {
    const json answer = Answer(Connect(kAlice), "auth.login_ex", login);
    EXPECT_EQ(answer["response_type"], "DENIED") << login;
    EXPECT_NE(answer["reason"], "") << login;
    EXPECT_TRUE(auditor_.lines.back().starts_with("1000 auth.login_ex  EPERM ("))
        << auditor_.lines.back();
    EXPECT_EQ(auditor_.lines.back().find("secret"), std::string::npos);
  }
  EXPECT_EQ(Refusal(Connect(0), "auth.login_ex", json::parse(R"([{"mechanism":"NO"}])")), "EINVAL");
}

TEST_F(TrueNasClientsTest, MeHasTheFieldsOfTrueNas) {
  Enroll("admin");
  const json me = Answer(Connect(kAdmin), "auth.me", "[]");
  EXPECT_EQ(me["privilege"],
            json::parse(R"({"roles":["FULL_ADMIN"],"allowlist":[{"method":"*","resource":"*"}],
                            "web_shell":false,"webui_access":false})"));
  EXPECT_EQ(me["account_attributes"], json::parse(R"(["LOCAL","2FA"])"));
  EXPECT_EQ(me["grouplist"], json::parse("[500,1002]"));
  EXPECT_EQ(me["source"], "LOCAL");
  EXPECT_EQ(me["local"], true);
  EXPECT_EQ(me["sid"], nullptr);
  EXPECT_EQ(me["attributes"], json::object());
  EXPECT_EQ(Answer(Connect(kAlice), "auth.me", "[]")["privilege"]["allowlist"], json::array());
}

TEST_F(TrueNasClientsTest, MethodsAreToldByServiceAndInTheReferencesOrder) {
  const Peer alice = Connect(kAlice);
  EXPECT_EQ(Answer(alice, "core.get_methods", "[]"),
            Answer(alice, "core.get_methods", R"([null, "CLI"])"));
  const json groups = Answer(alice, "core.get_methods", R"(["group", "CLI"])");
  EXPECT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups["group.query"]["filterable"], true);
  EXPECT_EQ(Answer(alice, "core.get_methods", R"(["no.such", "WS"])"), json::object());
  const json renew = Answer(alice, "core.get_methods", R"(["user"])")["user.renew_2fa_secret"];
  EXPECT_EQ(renew["accepts"][1]["_name_"], "twofactor_options");
  EXPECT_EQ(renew["accepts"][1]["_attrs_order_"], json::parse(R"(["otp_digits","interval"])"));
  EXPECT_EQ(renew["returns"][0]["_attrs_order_"][0], "id");
  std::string text;
  api_->Dispatch(alice.session, "core.get_methods", json::array({"user"}),
                 [&text](const CallResult& result) { text = *result.text(); });
  const std::size_t properties = text.find("UserRenew2faSecretResult");
  std::size_t last = properties;
  for (const char* field :
       {"\"id\":", "\"uid\":", "\"username\":", "\"unixhash\":", "\"twofactor_config\":"}) {
    const std::size_t at = text.find(field, last);
    ASSERT_NE(at, std::string::npos) << field;
    last = at;
  }
}

TEST_F(TrueNasClientsTest, ServicesAreThoseOfTheMethods) {
  const json services = Answer(Connect(kAlice), "core.get_services", R"(["CLI"])");
  EXPECT_EQ(services["user"]["type"], "crud");
  EXPECT_EQ(services["auth.twofactor"]["type"], "config");
  EXPECT_EQ(services["core"]["type"], "service");
  EXPECT_EQ(services["auth"]["config"]["namespace"], "auth");
}

TEST_F(TrueNasClientsTest, ThereAreNoJobs) {
  EXPECT_EQ(Answer(Connect(kAlice), "core.get_jobs", "[]"), json::array());
  EXPECT_EQ(Answer(Connect(kAlice), "core.get_jobs", R"([[["id","=",1]],{"count":true}])"), 0);
}

TEST_F(TrueNasClientsTest, TheSystemIsToldAsTrueNasTellsIt) {
  const Peer alice = Connect(kAlice);
  const std::string version = Answer(alice, "system.version", "[]");
  EXPECT_TRUE(version.starts_with("twofactor-")) << version;
  const json info = Answer(alice, "system.info", "[]");
  EXPECT_EQ(info["version"], version);
  EXPECT_EQ(info["system_product"], "twofactor");
  EXPECT_EQ(info["hostname"], Answer(alice, "system.hostname", "[]"));
  EXPECT_GT(info["physmem"], 0);
}

TEST_F(TrueNasClientsTest, GroupsAreQueriedAndFound) {
  const Peer root = Connect(0);
  EXPECT_EQ(Answer(root, "group.query", "[]").size(), 3U);
  EXPECT_EQ(Answer(root, "group.query", R"([[["name","=","alice"]],{"select":["gid"]}])"),
            json::parse(R"([{"gid":1000}])"));
  EXPECT_EQ(Answer(root, "group.get_instance", R"(["twofactor-admin"])")["roles"],
            json::parse(R"(["FULL_ADMIN"])"));
  EXPECT_EQ(Answer(root, "group.get_instance", "[1000]")["name"], "alice");
  EXPECT_EQ(Answer(Connect(kAlice), "group.query", R"([[],{"select":["name"]}])"),
            json::parse(R"([{"name":"alice"}])"));
  EXPECT_EQ(Refusal(Connect(kAlice), "group.get_instance", json::array({"root"})), "ENOENT");
}

TEST_F(TrueNasClientsTest, AnInstanceThatIsNotThereIsAFaultOfNoParameter) {
  const auto answer = Call(Connect(0), "user.get_instance", json::array({99}));
  EXPECT_EQ(answer.error().code(), ErrorCode::kInvalidParams);
  EXPECT_EQ(answer.error().faults()[0].message, "User 99 does not exist");
  EXPECT_EQ(auditor_.lines.back(), "0 user.get_instance  ENOENT");
}

TEST_F(TrueNasClientsTest, ServicesOfTheSettingsAreGivenAsAWhole) {
  const json none = Answer(Connect(0), "auth.twofactor.update", R"([{"services":{}}])");
  EXPECT_EQ(none["services"]["ssh"], false);
  EXPECT_EQ(Answer(Connect(0), "auth.twofactor.update", "[{}]")["services"]["ssh"], false);
}

TEST_F(TrueNasClientsTest, NoTokenIsNoCode) {
  Enroll("alice");
  EXPECT_EQ(Answer(Connect(0), "user.verify_twofactor_token", R"(["alice"])"), false);
  EXPECT_EQ(Answer(Connect(0), "user.verify_twofactor_token", R"(["alice", null])"), false);
  EXPECT_EQ(auditor_.lines.back(), "0 user.verify_twofactor_token alice wrong (no code was given)");
  EXPECT_EQ(Refusal(Connect(kBob), "user.verify_twofactor_token", kAliceName), "EPERM");
  EXPECT_EQ(Answer(Connect(0), "user.shell_choices", "[[]]"), json::parse(R"({"/bin/sh":"sh"})"));
}

TEST_F(TrueNasClientsTest, AFullAdminByGroupIsNotRateLimitedPerTarget) {
  const Peer admin = Connect(kAdmin);
  const json params = json::array({"alice", json::object()});
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(Call(admin, "user.renew_2fa_secret", params)) << i;
  }
}

TEST_F(TrueNasClientsTest, EachVersionHasItsFields) {
  const json reference = AliceAt({25, 4, 2});
  EXPECT_EQ(reference.size(), 32U);
  EXPECT_EQ(AliceAt({25, 4, 1}), reference);
  json oldest = reference;
  for (const char* field :
       {"last_password_change", "password_age", "password_history", "password_change_required"}) {
    oldest.erase(field);
  }
  EXPECT_EQ(AliceAt({25, 4, 0}), oldest);
  json later = reference;
  later.erase("id_type_both");
  EXPECT_EQ(AliceAt({25, 10, 0}), later);
  EXPECT_EQ(AliceAt({25, 10, 5}), later);
  later["webshare"] = false;
  EXPECT_EQ(AliceAt({26, 0, 0}), later);
  EXPECT_EQ(AliceAt({27, 0, 0}), later);
}

TEST_F(TrueNasClientsTest, GroupsAndLoginsHaveTheFieldsOfTheirVersionToo) {
  json group = {{"id_type_both", false}, {"immutable", true}};
  FitToVersion(VersionedObject::kGroup, {25, 4, 2}, group);
  EXPECT_EQ(group, json({{"id_type_both", false}}));
  group["immutable"] = true;
  FitToVersion(VersionedObject::kGroup, {25, 10, 0}, group);
  EXPECT_EQ(group, json({{"immutable", true}}));
  json login = json::object();
  FitToVersion(VersionedObject::kLogin, {25, 10, 5}, login);
  EXPECT_EQ(login, json::object());
  FitToVersion(VersionedObject::kLogin, {26, 0, 0}, login);
  EXPECT_EQ(login, json({{"reconnect_token", nullptr}}));
}

}  // namespace
}  // namespace twofactor
