#include "tests/unit/api/api_fixture.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <optional>
#include <utility>

#include "common/otp/totp.h"
#include "helperd/messages/accounts_messages.h"
#include "helperd/twofactord/api/gate.h"
#include "helperd/twofactord/api/method_contracts.h"
#include "helperd/twofactord/api/query_shape.h"
#include "helperd/twofactord/api/user_entry_shape.h"
#include "helperd/twofactord/vault/birth_rule.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr gid_t kAdminGid = 500;
constexpr gid_t kReaderGid = 501;

json Describe(const PasswdEntry& user) {
  json described = json::parse(R"({"unixhash":"$y$hash","smbhash":null,"builtin":false,"smb":false,
    "userns_idmap":null,"groups":[],"password_disabled":false,"ssh_password_enabled":true,
    "sshpubkey":null,"locked":false,"sudo_commands":[],"sudo_commands_nopasswd":[],"email":null,
    "id_type_both":false,"local":true,"immutable":false,"sid":null,"password_age":3,
    "last_password_change":"2024-02-29T00:00:00Z","password_history":[{"hash":"$y$old"}],
    "password_change_required":false})");
  described.update({{"id", user.uid},
                    {"uid", user.uid},
                    {"username", user.name},
                    {"full_name", user.gecos},
                    {"home", user.dir},
                    {"shell", user.shell},
                    {"group",
                     {{"id", user.gid},
                      {"bsdgrp_gid", user.gid},
                      {"bsdgrp_group", user.name},
                      {"bsdgrp_builtin", false}}}});
  return described;
}

// Does a query give fields other names?
bool RenamesFields(const json& params) {
  const json select = params.size() > 1 ? params[1].value("select", json::array()) : json::array();
  return std::any_of(select.begin(), select.end(),
                     [](const json& item) { return item.is_array(); });
}

// What the method's own documentation says of this answer.
void CheckAnswer(const Method& method, const json& params, const Result<json>& answer) {
  if (answer) {
    std::vector<Fault> faults;
    const bool strict = method.name == "user.query" && !RenamesFields(params);
    const Shape& result = ContractOf(method.name).result;
    (strict ? QueryResultShape(UserEntryShape()) : result).Check(*answer, "", faults);
    for (const Fault& fault : faults) {
      ADD_FAILURE() << method.name << " answers a wrong " << fault.attribute << ": "
                    << fault.message;
    }
    return;
  }
  const ErrorCode code = answer.error().code();
  const auto errors = ErrorsOf(method);
  EXPECT_TRUE(code == ErrorCode::kInvalidParams ||
              std::find(errors.begin(), errors.end(), code) != errors.end())
      << method.name << " fails with " << OutcomeOf(&answer.error());
}

std::string Base32Decode(const std::string& text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string bytes;
  unsigned buffer = 0;
  int bits = 0;
  for (const char digit : text) {
    buffer = buffer << 5 | static_cast<unsigned>(kDigits.find(digit));
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(buffer >> bits & 0xFF);
    }
  }
  return bytes;
}

}  // namespace

std::vector<PasswdEntry> FakeAccounts::Everybody() {
  return {{"root", 0, 0, "root", "/root", "/bin/bash"},
          {"alice", 1000, 1000, "Alice,,,", "/home/alice", "/bin/bash"},
          {"bob", 1001, 1001, "", "/home/bob", "/bin/sh"},
          {"admin", 1002, 1002, "", "/home/admin", "/bin/sh"},
          {"reader", 1003, 1003, "", "/home/reader", "/bin/sh"}};
}

void FakeAccounts::Rename(const std::string& name, const std::string& new_name) {
  for (PasswdEntry& user : users_) {
    user.name = user.name == name ? new_name : user.name;
  }
  std::erase_if(users_, [](const PasswdEntry& user) { return user.name.empty(); });
}

void FakeAccounts::GiveUid(const std::string& name, uid_t uid) {
  for (PasswdEntry& user : users_) {
    user.uid = user.name == name ? uid : user.uid;
  }
}

void FakeAccounts::CheckUsers(Asker asker, const std::vector<UserToCheck>& given,
                              Done<std::vector<UserCheck>> done) {
  askers.insert(asker.uid);
  if (down) {
    done(Fail(ErrorCode::kTimedOut, "down"));
    return;
  }
  std::vector<UserCheck> checks;
  for (const UserToCheck& one : given) {
    if (checks.size() == checks_at_once) {
      break;
    }
    UserCheck check{.state = UserCheck::State::kGone};
    for (const PasswdEntry& user : users_) {
      if (user.name == one.name) {
        check = {
            .state = user.uid == one.uid ? UserCheck::State::kKnown : UserCheck::State::kOtherUid,
            .uid = user.uid};
        break;
      }
      if (user.uid == one.uid) {
        check = {.state = UserCheck::State::kRenamed, .name = user.name, .uid = user.uid};
      }
    }
    checks.push_back(silent.contains(one.name) ? UserCheck{.reason = "silent"} : check);
  }
  if (after_check) {
    std::exchange(after_check, nullptr)();
  }
  done(std::move(checks));
}

void FakeAccounts::Identify(Asker asker, uid_t uid, const std::vector<std::string>&,
                            Done<Identity> done) {
  askers.insert(asker.uid);
  Identity identity;
  for (const PasswdEntry& user : users_) {
    if (user.uid == uid) {
      identity.entry = user;
    }
  }
  identity.groups = {uid == 1002 ? kAdminGid : uid == 1003 ? kReaderGid : uid};
  identity.gids_of = {{"twofactor-admin", kAdminGid}, {"readers", kReaderGid}};
  done(identity);
}

void FakeAccounts::FindUser(Asker asker, const std::string& name, Done<PasswdEntry> done) {
  askers.insert(asker.uid);
  for (const PasswdEntry& user : users_) {
    if (user.name == name && !down) {
      down = std::exchange(down_after_find, false);
      done(user);
      return;
    }
  }
  done(Fail(down ? ErrorCode::kTimedOut : ErrorCode::kNoSuchUser, "no such user"));
}

void FakeAccounts::FindUsers(Asker asker, const std::vector<std::string>& names,
                             Done<std::vector<PasswdEntry>> done) {
  askers.insert(asker.uid);
  std::vector<PasswdEntry> found;
  for (const PasswdEntry& user : users_) {
    if (std::find(names.begin(), names.end(), user.name) != names.end()) {
      found.push_back(user);
      found.back().uid += uid_shift;
    }
  }
  done(down ? Result<std::vector<PasswdEntry>>(Fail(ErrorCode::kTimedOut, "down"))
            : Result<std::vector<PasswdEntry>>(found));
}

void FakeAccounts::DescribeUser(Asker asker, const std::string& name, Done<json> done) {
  askers.insert(asker.uid);
  FindUser(asker, name, [done = std::move(done)](const Result<PasswdEntry>& user) {
    done(user ? CheckDescription(Describe(*user)) : Fail(user.error()));
  });
}

void FakeAccounts::ListUsers(Asker asker, Done<std::vector<PasswdEntry>> done) {
  askers.insert(asker.uid);
  done(enumerates ? users_ : std::vector<PasswdEntry>(users_.begin(), users_.begin() + 1));
}

void FakeAccounts::ListShells(Asker asker, Done<json> done) {
  askers.insert(asker.uid);
  done(json{{"/bin/sh", "sh"}});
}

void FakeAccounts::ListGroups(Asker asker, const GroupLook& look, Done<json> done) {
  askers.insert(asker.uid);
  json groups = json::array();
  for (const auto& [name, gid] :
       std::map<std::string, gid_t>{{"root", 0}, {"twofactor-admin", kAdminGid}, {"alice", 1000}}) {
    const bool wanted = (look.names.empty() && look.gids.empty()) ||
                        std::find(look.names.begin(), look.names.end(), name) != look.names.end() ||
                        std::find(look.gids.begin(), look.gids.end(), gid) != look.gids.end();
    if (wanted) {
      groups.push_back({{"id", gid},
                        {"gid", gid},
                        {"name", name},
                        {"group", name},
                        {"builtin", gid == 0},
                        {"sudo_commands", json::array()},
                        {"smb", false},
                        {"sudo_commands_nopasswd", json::array()},
                        {"sid", nullptr},
                        {"userns_idmap", nullptr},
                        {"local", true},
                        {"id_type_both", false},
                        {"users", {gid}},
                        {"immutable", gid == 0}});
    }
  }
  done(down ? Result<json>(Fail(ErrorCode::kTimedOut, "down")) : CheckGroups(std::move(groups)));
}

void RecordingAuditor::Record(const AuditEntry& entry) {
  lines.push_back(std::to_string(entry.uid) + " " + std::string(entry.method) + " " + entry.target +
                  " " + std::string(OutcomeOf(entry)) +
                  (entry.reason.empty() ? "" : " (" + entry.reason + ")"));
}

ApiFixture::ApiFixture() : key_(VaultKey::Generate().value().ToText()) { Restart(); }

void ApiFixture::Restart(bool lose_ledger) {
  const RunPaths run(directory_.path());
  api_.reset();
  services_.reset();
  store_.reset();
  writer_.reset();
  if (lose_ledger) {
    unlink(run.Ledger().c_str());
  }
  auto vault =
      std::move(Vault::Open(directory_ / "vault", VaultKey::Parse(key_.text()).value())).value();
  vault.AskUses(UsesOfLedger(run, clock_));
  auto devices = vault.LoadDevices().value();
  const SipHashKey origin_key = vault.LoadOriginKey().value();
  ASSERT_TRUE(vault.LoadOrigins(devices));
  auto bypasses = ResumeBypasses(vault, run, clock_, devices).value();
  const LoginSettings settings;
  ClockPast past{vault.LoadFormerWindows().value(), vault.LatestSeen().value()};
  const VaultBirthRule rule(clock_, settings.window, past.former_windows);
  auto live = LiveStorePublisher::Open(run, settings, devices, vault.LastGeneration().value(), rule,
                                       origin_key);
  writer_ = std::make_unique<VaultWriter>(std::move(vault), [this](std::function<void()> task) {
    boost::asio::post(io_, std::move(task));
  });
  work_ = std::make_unique<WorkThread>(
      [this](std::function<void()> task) { boost::asio::post(io_, std::move(task)); });
  store_ =
      std::make_unique<FactorStore>(run, clock_, std::move(live).value(), *writer_, settings,
                                    FactorPolicy{}, std::move(bypasses.bypasses), std::move(past));
  Config config;
  config.roles.readonly_admin_groups = {"readers"};
  services_ = std::make_unique<Services>(
      Services{*store_, accounts_, clock_, config, RateLimit<uid_t>(6), "file", *work_});
  api_ = std::make_unique<Api>(*services_, auditor_);
}

Peer ApiFixture::Connect(uid_t uid) const {
  return {std::make_shared<Session>(Session{{1, uid, uid}, {}, nullptr})};
}

Result<json> ApiFixture::Call(const Peer& peer, const std::string& method, const json& params) {
  accounts_.askers.clear();
  std::optional<Result<json>> result;
  api_->Dispatch(peer.session, method, params,
                 [&result](Result<json> answer) { result.emplace(std::move(answer)); });
  // Out of work after the last call, the loop has stopped itself.
  io_.restart();
  const auto stay = boost::asio::make_work_guard(io_);
  while (!result) {
    io_.run_one();
  }
  // Whoever makes the system slow waits alone.
  for (const uid_t asker : accounts_.askers) {
    EXPECT_TRUE(asker == peer.session->peer.uid || subscribers_.contains(asker)) << method;
  }
  if (const Method* known = FindMethod(method)) {
    CheckAnswer(*known, params, *result);
  }
  return std::move(*result);
}

LoginPermit ApiFixture::PermitOfRoot(const Account& account) {
  static std::optional<LoginPermit> permit;
  static constexpr Method kKeepPermit{
      "pam.note_login", Access::kRoot,
      [](const CallPtr&, const LoginPermit& given) { permit = given; }};
  permit.reset();
  const json params = json::array({account.name.text(), account.uid, "host:a"});
  Gate::Pass(kKeepPermit,
             std::make_shared<twofactor::Call>(twofactor::Call{
                 *services_, Connect(0).session, params, [](const CallResult&) {}, ""}));
  return permit.value();
}

std::string ApiFixture::Refusal(const Peer& peer, const std::string& method, const json& params) {
  const auto result = Call(peer, method, params);
  return result ? "" : std::string(OutcomeOf(&result.error()));
}

void ApiFixture::Enroll(const std::string& user) {
  const auto entry = Call(Connect(0), "user.renew_2fa_secret", json::array({user, json::object()}));
  ASSERT_TRUE(entry) << entry.error().message();
  Remember(user, *entry);
}

void ApiFixture::Remember(const std::string& user, const json& entry) {
  const json& config = entry["twofactor_config"];
  const std::string uri = config["provisioning_uri"];
  const std::size_t start = uri.find("secret=") + 7;
  secrets_[user] = Base32Decode(uri.substr(start, uri.find('&', start) - start));
  parameters_[user] = {OtpAlgorithm::kSha1, config["otp_digits"].get<int>(),
                       std::chrono::seconds(config["interval"].get<int>())};
}

std::string ApiFixture::CodeOf(const std::string& user, int steps) {
  const OtpParameters& parameters = parameters_[user];
  const TimeStep step = StepAt(clock_.wall, parameters.interval) + static_cast<TimeStep>(steps);
  return std::string(
      GenerateTotp(SecretBytes::CopyOf(secrets_[user]), parameters, step).value().text());
}

}  // namespace twofactor
