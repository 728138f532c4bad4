// Every method, and who may call it for whom.
#include <map>
#include <set>

#include "helperd/twofactord/api/method_contracts.h"
#include "tests/unit/api/api_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

class PermitsTest : public ApiFixture {
 protected:
  // The callers of the table below, by column; alice is the own user, and has a secret but in the
  // first of her columns.
  enum Column {
    kRoot,
    kFullAdmin,
    kReadonly,
    kOwnWithout,
    kOwnUnverified,
    kOwnVerified,
    kOther,
    kNamelessUid
  };

  Peer PeerFor(Column column) {
    switch (column) {
      case kRoot:
        return Connect(0);
      case kFullAdmin:
        return Connect(kAdmin);
      case kReadonly:
        return Connect(kReader);
      case kOwnWithout:
        Call(Connect(0), "user.unset_2fa_secret", {"alice"}).value();
        return Connect(kAlice);
      case kOwnUnverified:
        return Connect(kAlice);
      case kOwnVerified: {
        Peer alice = Connect(kAlice);
        const json login = {{"mechanism", "OTP_TOKEN"}, {"otp_token", CodeOf("alice")}};
        EXPECT_EQ(
            Call(alice, "auth.login_ex_continue", json::array({login})).value()["response_type"],
            "SUCCESS");
        return alice;
      }
      case kOther:
        return Connect(kBob);
      case kNamelessUid:
        return Connect(kNameless);
    }
    return Connect(kNameless);
  }
};

const json kNone = json::array();
const json kAliceRenewal = json::array({"alice", json::object()});
const json kAliceToken = json::array({"alice", "000000"});

struct Row {
  const char* method;
  json params;
  std::array<const char*, 8> outcome;  // By column; "" for success.
};

const std::vector<Row>& Table() {
  constexpr const char* kEperm = "EPERM";
  const std::string kNotTheKey(64, '0');
  static const std::vector<Row> rows = {
      // root, FULL_ADMIN, READONLY_ADMIN, own without a secret, own unverified, own verified,
      // other, uid without a name
      {"core.ping", kNone, {"", "", "", "", "", "", "", ""}},
      {"core.set_options", json::array({json::object()}), {"", "", "", "", "", "", "", ""}},
      {"core.get_methods", kNone, {"", "", "", "", "", "", "", ""}},
      {"core.get_services", kNone, {"", "", "", "", "", "", "", ""}},
      {"core.get_jobs", kNone, {"", "", "", "", "", "", "", ""}},
      {"core.subscribe", json::array({"user.query"}), {"", "", "", "", "", "", "", ""}},
      {"core.unsubscribe", json::array({"1"}), {"", "", "", "", "", "", "", ""}},
      {"system.version", kNone, {"", "", "", "", "", "", "", ""}},
      {"system.hostname", kNone, {"", "", "", "", "", "", "", ""}},
      {"system.info", kNone, {"", "", "", "", "", "", "", ""}},
      {"auth.mechanism_choices", kNone, {"", "", "", "", "", "", "", ""}},
      {"auth.logout", kNone, {"", "", "", "", "", "", "", ""}},
      {"group.query", kNone, {"", "", "", "", "", "", "", ""}},
      {"group.get_instance", json::array({"alice"}), {"", "", "", "", "", "", "ENOENT", "ENOENT"}},
      {"core.health", kNone, {"", "", "", kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"auth.me", kNone, {"", "", "", "", "", "", "", ""}},
      {"user.shell_choices", kNone, {"", "", "", "", "", "", "", ""}},
      {"user.query", kNone, {"", "", "", "", "", "", "", ""}},
      {"user.get_instance", kAliceName, {"", "", "", "", "", "", "ENOENT", "ENOENT"}},
      {"user.twofactor_config", kAliceName, {"", "", "", "", "", "", kEperm, kEperm}},
      {"user.renew_2fa_secret", kAliceRenewal, {"", "", kEperm, "", "EACCES", "", kEperm, kEperm}},
      {"user.start_2fa_enrollment",
       kAliceRenewal,
       {"", "", kEperm, "", "EACCES", "", kEperm, kEperm}},
      {"user.finish_2fa_enrollment",
       kAliceToken,
       {"EINVAL", "EINVAL", kEperm, "EINVAL", "EACCES", "EINVAL", kEperm, kEperm}},
      {"user.verify_twofactor_token", kAliceToken, {"", "", kEperm, "", "", "", kEperm, kEperm}},
      {"user.list_2fa_devices", kAliceName, {"", "", "", "", "", "", kEperm, kEperm}},
      {"user.rename_2fa_device",
       json::array({"alice", 0, "phone"}),
       {"", "", kEperm, "EINVAL", "EACCES", "", kEperm, kEperm}},
      {"user.remove_2fa_device",
       json::array({"alice", 3}),
       {"EINVAL", "EINVAL", kEperm, "EINVAL", "EACCES", "EINVAL", kEperm, kEperm}},
      {"user.resync_2fa_device",
       json::array({"alice", 0, "000000", "000000"}),
       {"EINVAL", "EINVAL", kEperm, "EINVAL", "EINVAL", "EINVAL", kEperm, kEperm}},
      {"user.renew_recovery_codes",
       kAliceName,
       {"", "", kEperm, "EINVAL", "EACCES", "", kEperm, kEperm}},
      {"user.clear_2fa_throttle",
       kAliceName,
       {"", "", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"user.set_2fa_bypass",
       json::array({"alice", {{"seconds", 60}}}),
       {"", "", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"user.end_2fa_bypass", kAliceName, {"", "", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"user.list_2fa_bypasses", kNone, {"", "", "", kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"user.import_2fa_devices",
       json::array({json::array()}),
       {"", "", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"backup.start",
       json::array({"a passphrase"}),
       {"", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"backup.next", kNone, {"EINVAL", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"restore.start",
       json::array({"no header", "a passphrase"}),
       {"EFAULT", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"restore.next",
       json::array({"no part"}),
       {"EINVAL", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"twofactor.stale_factors", kNone, {"", "", "", kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"twofactor.remove_stale_factors",
       json::array({json::array()}),
       {"", "", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"twofactor.rename_user",
       json::array({"alice", "bob"}),
       {"EINVAL", "EINVAL", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"twofactor.accept_time",
       kNone,
       {"", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"twofactor.upkeep", kNone, {"", "", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"rekey.start",
       json::array({kNotTheKey}),
       {"EINVAL", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"rekey.next", kNone, {"EINVAL", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"rekey.finish",
       json::array({kNotTheKey}),
       {"EINVAL", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"user.unset_2fa_secret",
       kAliceName,
       {"", "", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"auth.twofactor.config", kNone, {"", "", "", kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"auth.twofactor.update",
       json::array({json::object()}),
       {"", "", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"pam.state",
       json::array({"alice", 1000, "login"}),
       {"", kEperm, kEperm, "", "", "", kEperm, kEperm}},
      {"pam.verify",
       json::array({"alice", 1000, "login", json::array({"000000"}), true}),
       {"", kEperm, kEperm, "", "", "", kEperm, kEperm}},
      {"pam.consume",
       json::array({"alice", 1000, "login", json::array({"000000"}), true}),
       {"", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"pam.grace",
       json::array({"alice", 1000, "tty:tty1", 60}),
       {"", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"pam.note_login",
       json::array({"alice", 1000, "tty:tty1"}),
       {"", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"pam.note_origin",
       json::array({"alice", 1000, "tty:tty1"}),
       {"", kEperm, kEperm, kEperm, kEperm, kEperm, kEperm, kEperm}},
      {"pam.start_enrollment",
       json::array({"alice", 1000, "login"}),
       {"EACCES", kEperm, kEperm, "", "EACCES", "EACCES", kEperm, kEperm}},
      {"pam.finish_enrollment",
       json::array({"alice", 1000, "000000"}),
       {"EACCES", kEperm, kEperm, "EINVAL", "EACCES", "EACCES", kEperm, kEperm}},
      {"auth.login_ex_continue",
       json::array({{{"mechanism", "OTP_TOKEN"}, {"otp_token", "000000"}}}),
       {"", "", "", "", "", "", "", ""}},
      {"auth.login_ex",
       json::array({{{"mechanism", "OTP_TOKEN"}, {"otp_token", "000000"}}}),
       {"", "", "", "", "", "", "", ""}},
  };
  return rows;
}

TEST_F(PermitsTest, EveryMethodIsInTheTable) {
  EXPECT_EQ(Table().size(), MethodTable().size());
  for (const Row& row : Table()) {
    EXPECT_NE(FindMethod(row.method), nullptr) << row.method;
  }
}

TEST_F(PermitsTest, EveryMethodForEveryCaller) {
  for (const Row& row : Table()) {
    for (int column = kRoot; column <= kNamelessUid; ++column) {
      Enroll("alice");
      clock_.Advance(std::chrono::minutes(10));
      const Peer peer = PeerFor(static_cast<Column>(column));
      EXPECT_EQ(Refusal(peer, row.method, row.params),
                row.outcome[static_cast<std::size_t>(column)])
          << row.method << ", column " << column;
    }
  }
}

// Whom each rule lets call a method for alice, by column.
using Columns = std::array<bool, 8>;

const std::map<Access, Columns>& LetIn() {
  using enum Access;
  constexpr Columns kAll = {true, true, true, true, true, true, true, true};
  constexpr Columns kSelfOrFull = {true, true, false, true, true, true, false, false};
  constexpr Columns kSelfOrUid0 = {true, false, false, true, true, true, false, false};
  static const std::map<Access, Columns> let_in = {
      {kAnybody, kAll},
      {kIdentified, kAll},
      {kOwnEntriesOrAdmins, kAll},
      {kSelf, kAll},
      {kSelfOrAdmins, {true, true, true, true, true, true, false, false}},
      {kSelfOrFullAdmin, kSelfOrFull},
      {kProvenSelfOrFullAdmin, kSelfOrFull},
      {kNewSecret, kSelfOrFull},
      {kVerify, kSelfOrFull},
      {kApplication, kSelfOrUid0},
      {kEnrollment, kSelfOrUid0},
      {kTrustedApplication, {true, false, false, false, false, false, false, false}},
      {kAdmins, {true, true, true, false, false, false, false, false}},
      {kFullAdmin, {true, true, false, false, false, false, false, false}},
      {kRoot, {true, false, false, false, false, false, false, false}}};
  return let_in;
}

TEST_F(PermitsTest, EveryRowAgreesWithTheAccessOfItsMethod) {
  EXPECT_EQ(LetIn().size(), AccessRules().size());
  for (const Row& row : Table()) {
    const Access access = FindMethod(row.method)->access;
    for (std::size_t column = 0; column < row.outcome.size(); ++column) {
      EXPECT_EQ(row.outcome[column] != std::string_view("EPERM"), LetIn().at(access)[column])
          << row.method << ", column " << column;
      // Only these two ask a user who has a second factor for a code.
      const bool asks = access == Access::kProvenSelfOrFullAdmin || access == Access::kNewSecret;
      EXPECT_TRUE(column != kOwnUnverified || access == Access::kEnrollment ||
                  asks == (row.outcome[column] == std::string_view("EACCES")))
          << row.method;
    }
  }
}

TEST_F(PermitsTest, RolesThatAreToldAreThoseThatACallerNeeds) {
  const std::array<std::set<std::string>, 8> held = {
      std::set<std::string>{"FULL_ADMIN", "UID_0"}, {"FULL_ADMIN"}, {"READONLY_ADMIN"}};
  const json methods = Call(Connect(kBob), "core.get_methods", kNone).value();
  for (const Row& row : Table()) {
    const std::set<std::string> needed = methods[row.method]["roles"];
    for (std::size_t column = 0; column < held.size() && !needed.empty(); ++column) {
      const bool holds = std::any_of(needed.begin(), needed.end(), [&](const std::string& role) {
        return held[column].contains(role);
      });
      EXPECT_EQ(row.outcome[column] != std::string_view("EPERM"), holds)
          << row.method << ", column " << column;
    }
  }
  EXPECT_EQ(methods["backup.start"]["roles"], json::array({"UID_0"}));
  EXPECT_EQ(methods["pam.note_origin"]["roles"], json::array({"UID_0"}));
  EXPECT_EQ(methods["core.health"]["roles"], json::array({"FULL_ADMIN", "READONLY_ADMIN"}));
  EXPECT_EQ(methods["pam.state"]["access"], "self, uid 0 or trusted application");
}

TEST_F(PermitsTest, EveryMethodHasItsContractAndNoOtherDoes) {
  ASSERT_EQ(MethodContracts().size(), MethodTable().size());
  for (std::size_t i = 0; i < MethodTable().size(); ++i) {
    EXPECT_EQ(MethodContracts()[i].name, MethodTable()[i].name);
  }
}

TEST_F(PermitsTest, NoDirectoryIsAskedWhoUid0Is) {
  for (const Method& method : MethodTable()) {
    if (method.access == Access::kRoot) {
      Refusal(Connect(kAdmin), std::string(method.name), kNone);
      EXPECT_TRUE(accounts_.askers.empty()) << method.name;
    }
  }
  Call(Connect(0), "backup.start", json::array({"a passphrase"})).value();
  EXPECT_TRUE(accounts_.askers.empty());
}

TEST_F(PermitsTest, TrustedUidMayVerifyForOthersAndNothingElse) {
  Enroll("alice");
  services_->config.verify.trusted_uids = {kBob};
  const Peer bob = Connect(kBob);
  EXPECT_EQ(Call(bob, "pam.verify",
                 json::array({"alice", 1000, "x", json::array({CodeOf("alice")}), true}))
                .value()["outcome"],
            "granted");
  EXPECT_EQ(Refusal(bob, "user.renew_2fa_secret", kAliceRenewal), "EPERM");
}

TEST_F(PermitsTest, TrustedUidMayVerifyForOthersByNameToo) {
  Enroll("alice");
  services_->config.verify.trusted_uids = {kBob};
  const Peer bob = Connect(kBob);
  const auto granted =
      Call(bob, "user.verify_twofactor_token", json::array({"alice", CodeOf("alice")}));
  ASSERT_TRUE(granted) << granted.error().message();
  EXPECT_EQ(*granted, true);
  // A code of another's proves nothing of one's own.
  EXPECT_EQ(Refusal(bob, "user.twofactor_config", {"alice"}), "EPERM");
  EXPECT_EQ(Refusal(bob, "user.list_2fa_devices", {"alice"}), "EPERM");
  EXPECT_EQ(Refusal(Connect(kReader), "user.verify_twofactor_token", {"alice", "000000"}), "EPERM");
}

TEST_F(PermitsTest, NameInARequestGivesNoRights) {
  // bob says that he is alice, with alice's name and his uid: the record is not his.
  Enroll("alice");
  const Peer bob = Connect(kBob);
  EXPECT_EQ(Call(bob, "pam.state", json::array({"alice", kBob, "x"})).value()["state"], "absent");
  EXPECT_EQ(Call(bob, "pam.verify",
                 json::array({"alice", kBob, "x", json::array({CodeOf("alice")}), true}))
                .value()["outcome"],
            "no_factor");
}

TEST_F(PermitsTest, HashesOfRootAreForRootAlone) {
  const auto unixhash = [this](uid_t caller, const char* name) {
    return Call(Connect(caller), "user.get_instance", {name}).value()["unixhash"];
  };
  EXPECT_EQ(unixhash(0, "root"), "$y$hash");
  EXPECT_EQ(unixhash(kAdmin, "root"), "********");
  EXPECT_EQ(unixhash(kAdmin, "alice"), "$y$hash");
  const json shown = Call(Connect(kAdmin), "user.get_instance", {"root"}).value();
  EXPECT_EQ(shown["password_history"], "********");
  EXPECT_TRUE(shown["smbhash"].is_null());
}

TEST_F(PermitsTest, HashesAreForFullAdminsAlone) {
  EXPECT_EQ(Call(Connect(0), "user.get_instance", {"alice"}).value()["unixhash"], "$y$hash");
  EXPECT_EQ(Call(Connect(kReader), "user.get_instance", {"alice"}).value()["unixhash"], "********");
  EXPECT_EQ(Call(Connect(kAlice), "user.get_instance", {"alice"}).value()["unixhash"], "********");
}

TEST_F(PermitsTest, EveryCallIsAuditedWithoutItsParameters) {
  Enroll("alice");
  const std::string code = CodeOf("alice");
  Call(Connect(kAlice), "user.verify_twofactor_token", json::array({"alice", code})).value();
  EXPECT_EQ(auditor_.lines.back(), "1000 user.verify_twofactor_token alice success");
  for (const std::string& line : auditor_.lines) {
    EXPECT_EQ(line.find(code), std::string::npos);
  }
}

}  // namespace
}  // namespace twofactor
