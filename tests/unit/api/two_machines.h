#ifndef TWOFACTOR_TESTS_UNIT_API_TWO_MACHINES_H_
#define TWOFACTOR_TESTS_UNIT_API_TWO_MACHINES_H_

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/otp/base32.h"
#include "common/otp/totp.h"
#include "tests/unit/api/api_fixture.h"
#include "tests/unit/backup/backup_fixture.h"
#include "tests/unit/vault/old_vault.h"

namespace twofactor {

// A machine with a vault of its own.
class BackupMachine final : public ApiFixture {
 public:
  using json = nlohmann::json;
  static constexpr const char* kSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

  void TestBody() override {}

  using ApiFixture::accounts_;
  using ApiFixture::Call;
  using ApiFixture::clock_;
  using ApiFixture::Connect;
  using ApiFixture::Refusal;
  using ApiFixture::Restart;

  json Ask(const std::string& method, const json& params) {
    auto answer = Call(Connect(0), method, params);
    EXPECT_TRUE(answer) << method << ": " << answer.error().message();
    return answer ? std::move(*answer) : json();
  }
  void Import(const json& user) {
    ASSERT_EQ(Ask("user.import_2fa_devices", json::array({json::array({user})}))[0]["outcome"],
              "imported");
  }
  bool Verify(const std::string& user, const std::string& code) {
    return Ask("user.verify_twofactor_token", {user, code}).get<bool>();
  }
  std::string Totp(int steps = 0) const {
    const TimeStep step = StepAt(clock_.wall, std::chrono::seconds(30));
    return std::string(GenerateTotp(DecodeBase32(kSecret).value(), OtpParameters{},
                                    step + static_cast<TimeStep>(steps))
                           .value()
                           .text());
  }
  static std::string Hotp(HotpCounter counter) {
    return std::string(
        GenerateHotp(DecodeBase32(kSecret).value(), OtpParameters{}, counter).value().text());
  }

  // The lines of a backup.
  std::vector<std::string> BackUp() {
    const Peer root = Connect(0);
    std::vector<std::string> lines = {
        Call(root, "backup.start", json::array({kPassphrase})).value()["header"]};
    for (bool last = false; !last;) {
      const json part = Call(root, "backup.next", json::array()).value();
      lines.push_back(part["part"]);
      last = part["last"];
    }
    return lines;
  }
  // What became of each user.
  json Restore(const std::vector<std::string>& lines, const json& options = json::object()) {
    const Peer root = Connect(0);
    EXPECT_TRUE(Call(root, "restore.start", json::array({lines[0], kPassphrase, options})));
    json users = json::array();
    for (auto line = lines.begin() + 1; line != lines.end(); ++line) {
      const json part = Call(root, "restore.next", json::array({*line})).value();
      users.insert(users.end(), part["users"].begin(), part["users"].end());
      EXPECT_EQ(part["last"], line + 1 == lines.end());
    }
    return users;
  }
  WallTime FirstAsked(const std::string& name, uid_t uid) {
    std::optional<WallTime> asked;
    store_->FirstAskedToEnrol({Username::Parse(name).value(), uid},
                              [&asked](const Result<WallTime>& first) { asked = first.value(); });
    io_.restart();
    const auto stay = boost::asio::make_work_guard(io_);
    while (!asked) {
      io_.run_one();
    }
    return *asked;
  }
  void WaitForAFreshCode() { clock_.Advance(std::chrono::seconds(90)); }
  // The clock is set, and the daemon follows it.
  void SetClock(std::chrono::seconds by) {
    clock_.wall += by;
    store_->FollowClock();
    store_->NoteTime();
    Ask("user.list_2fa_devices", {"bob"});
  }
  // Has the user give up so many secrets that what was used of the former ones is dropped.
  void DropPastSecretsOf(const std::string& user) {
    for (std::size_t i = 0; i <= kMaxPastSecrets; ++i) {
      Ask("user.renew_2fa_secret", {user, json::object()});
    }
    clock_.Advance(std::chrono::seconds(2));
  }
  // The vault is one of schema 7, by whose last note it was `seen`.
  void BecomeOlder(WallTime seen) {
    api_.reset();
    services_.reset();
    store_.reset();
    writer_.reset();
    AlterVault(directory_ / "vault",
               std::string("INSERT OR REPLACE INTO numbers (name, value) VALUES ('latest_seen', ") +
                   std::to_string(seen.time_since_epoch().count()) + ");" + kToSchema7);
    Restart();
    store_->FollowClock();
    store_->NoteTime();
  }
};

// Backups of one machine that are restored on it or on another.
class BackupApiTest : public testing::Test {
 protected:
  using json = nlohmann::json;
  using Machine = BackupMachine;

  static constexpr const char* kSecret = BackupMachine::kSecret;
  static constexpr std::chrono::seconds kAhead = std::chrono::hours(2);
  static constexpr std::chrono::seconds kYearsAhead = std::chrono::years(10);

  static json Replace() { return {{"replace", true}}; }

  static json Totp(const std::string& user, uid_t uid) {
    return {{"username", user},
            {"uid", uid},
            {"devices", json::array({{{"type", "TOTP"}, {"secret", kSecret}, {"label", "phone"}}})},
            {"recovery_codes", json::array({"11111111", "22222222"})}};
  }

  static json HotpUser(const std::string& user, uid_t uid) {
    return {{"username", user},
            {"uid", uid},
            {"devices", json::array({{{"type", "HOTP"}, {"secret", kSecret}, {"counter", 5}}})}};
  }

  static json Outcomes(const json& users) {
    json outcomes = json::array();
    for (const json& user : users) {
      outcomes.push_back(user["outcome"]);
    }
    return outcomes;
  }

  // alice, who comes back without the codes of her list.
  void ExpectNoRecoveryCodes(const std::vector<std::string>& lines) {
    const json users = here_.Restore(lines, Replace());
    EXPECT_EQ(Outcomes(users), json::array({"imported"}));
    EXPECT_NE(users[0]["reason"].get<std::string>().find("the recovery codes were left out"),
              std::string::npos)
        << users;
    for (const char* code : {"11111111", "22222222"}) {
      EXPECT_FALSE(here_.Verify("alice", code)) << code;
    }
  }

  Machine here_;
  Machine there_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_API_TWO_MACHINES_H_
