// A backup of one machine, restored on another.
#include <boost/asio/executor_work_guard.hpp>
#include <optional>

#include "common/otp/base32.h"
#include "common/otp/totp.h"
#include "tests/unit/api/api_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr const char* kPassphrase = "correct horse battery staple";
constexpr const char* kSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

class Machine final : public ApiFixture {
 public:
  void TestBody() override {}

  using ApiFixture::accounts_;
  using ApiFixture::Call;
  using ApiFixture::clock_;
  using ApiFixture::Connect;
  using ApiFixture::Refusal;

  json Ask(const std::string& method, json params) {
    auto answer = Call(Connect(0), method, std::move(params));
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
};

json Totp(const std::string& user, uid_t uid) {
  return {{"username", user},
          {"uid", uid},
          {"devices", json::array({{{"type", "TOTP"}, {"secret", kSecret}, {"label", "phone"}}})},
          {"recovery_codes", json::array({"11111111", "22222222"})}};
}

json HotpUser(const std::string& user, uid_t uid) {
  return {{"username", user},
          {"uid", uid},
          {"devices", json::array({{{"type", "HOTP"}, {"secret", kSecret}, {"counter", 5}}})}};
}

class BackupApiTest : public testing::Test {
 protected:
  Machine here_;
  Machine there_;
};

json Outcomes(const json& users) {
  json outcomes = json::array();
  for (const json& user : users) {
    outcomes.push_back(user["outcome"]);
  }
  return outcomes;
}

TEST_F(BackupApiTest, CodesOfEveryKindOpenOnTheOtherMachineWhatTheyHadNotOpenedBefore) {
  here_.Import(Totp("alice", 1000));
  here_.Import(HotpUser("bob", 1001));
  EXPECT_TRUE(here_.Verify("alice", here_.Totp()));
  EXPECT_TRUE(here_.Verify("alice", "11111111"));
  EXPECT_TRUE(here_.Verify("bob", Machine::Hotp(6)));
  const auto lines = here_.BackUp();
  EXPECT_EQ(Outcomes(there_.Restore(lines)), json::array({"imported", "imported"}));

  for (const int step : {-1, 0, 1}) {
    EXPECT_FALSE(there_.Verify("alice", there_.Totp(step))) << step;
  }
  there_.WaitForAFreshCode();
  EXPECT_TRUE(there_.Verify("alice", there_.Totp()));
  EXPECT_FALSE(there_.Verify("alice", "11111111"));
  EXPECT_TRUE(there_.Verify("alice", "22222222"));
  EXPECT_FALSE(there_.Verify("alice", "22222222"));
  EXPECT_FALSE(there_.Verify("bob", Machine::Hotp(6)));
  EXPECT_TRUE(there_.Verify("bob", Machine::Hotp(7)));
  const json before = here_.Ask("user.list_2fa_devices", {"alice"})["devices"][0];
  const json after = there_.Ask("user.list_2fa_devices", {"alice"})["devices"][0];
  for (const char* field :
       {"id", "label", "type", "algorithm", "otp_digits", "interval", "created"}) {
    EXPECT_EQ(after[field], before[field]);
  }
}

TEST_F(BackupApiTest, CodeUsedBeforeTheBackupStaysUsedWhereTheClockIsBehind) {
  here_.Import(Totp("alice", 1000));
  there_.clock_.wall -= std::chrono::hours(1);
  const std::string used = here_.Totp();
  EXPECT_TRUE(here_.Verify("alice", used));
  there_.Restore(here_.BackUp());
  there_.clock_.Advance(std::chrono::hours(1));
  EXPECT_FALSE(there_.Verify("alice", used));
  EXPECT_TRUE(there_.Verify("alice", there_.Totp(1)));
}

TEST_F(BackupApiTest, RestoredRecoveryCodesWorkBesideNewOnesAndAfterAnotherMove) {
  here_.Import(Totp("alice", 1000));
  there_.Import(Totp("bob", 1001));
  there_.Restore(here_.BackUp());
  EXPECT_TRUE(there_.Verify("alice", "11111111"));
  EXPECT_TRUE(there_.Verify("bob", "11111111"));
  Machine third;
  third.Restore(there_.BackUp());
  for (const char* user : {"alice", "bob"}) {
    EXPECT_FALSE(third.Verify(user, "11111111")) << user;
    EXPECT_TRUE(third.Verify(user, "22222222")) << user;
  }
  const json renewed = third.Ask("user.renew_recovery_codes", {"alice"})["recovery_codes"];
  EXPECT_TRUE(third.Verify("alice", renewed[0]));
}

TEST_F(BackupApiTest, SecondRestoreChangesNothing) {
  here_.Import(Totp("alice", 1000));
  const auto lines = here_.BackUp();
  there_.Restore(lines);
  there_.WaitForAFreshCode();
  const std::string code = there_.Totp();
  EXPECT_TRUE(there_.Verify("alice", code));
  EXPECT_EQ(Outcomes(there_.Restore(lines)), json::array({"exists"}));
  EXPECT_FALSE(there_.Verify("alice", code));
}

TEST_F(BackupApiTest, ReplacingBringsNoUsedCodeBack) {
  here_.Import(Totp("alice", 1000));
  here_.Import(HotpUser("bob", 1001));
  const auto lines = here_.BackUp();
  const std::string code = here_.Totp(1);
  EXPECT_TRUE(here_.Verify("alice", code));
  EXPECT_TRUE(here_.Verify("alice", "11111111"));
  EXPECT_TRUE(here_.Verify("bob", Machine::Hotp(8)));
  EXPECT_EQ(Outcomes(here_.Restore(lines, {{"replace", true}})),
            json::array({"imported", "imported"}));
  EXPECT_FALSE(here_.Verify("alice", code));
  EXPECT_FALSE(here_.Verify("alice", "11111111"));
  EXPECT_TRUE(here_.Verify("alice", "22222222"));
  EXPECT_FALSE(here_.Verify("bob", Machine::Hotp(8)));
  EXPECT_TRUE(here_.Verify("bob", Machine::Hotp(9)));
}

TEST_F(BackupApiTest, ReplacingBringsNoUsedCodeOfAClockThatIsAheadBack) {
  here_.Import(Totp("alice", 1000));
  const auto lines = here_.BackUp();
  // Found out after the backup.
  EXPECT_TRUE(
      here_.Ask("user.resync_2fa_device", {"alice", 0, here_.Totp(99), here_.Totp(100)}).is_null());
  here_.clock_.Advance(std::chrono::minutes(10));
  const std::string used = here_.Totp(101);
  EXPECT_TRUE(here_.Verify("alice", used));
  here_.Restore(lines, {{"replace", true}});
  here_.clock_.Advance(std::chrono::seconds(30 * 101));
  EXPECT_FALSE(here_.Verify("alice", used));
  here_.WaitForAFreshCode();
  here_.WaitForAFreshCode();
  here_.clock_.Advance(std::chrono::minutes(5));
  EXPECT_TRUE(here_.Verify("alice", here_.Totp()));
}

// They ask nobody, so they may be of somebody who has the name no longer.
TEST_F(BackupApiTest, UidsOfTheBackupTakeNoFactorAwayFromWhoHasTheNameNow) {
  here_.Import(Totp("alice", 1000));
  const auto lines = here_.BackUp();
  here_.accounts_.GiveUid("alice", 2000);
  json now = Totp("alice", 2000);
  now["devices"][0]["secret"] = "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK";
  const json replace = {{"replace", true}};
  ASSERT_EQ(here_.Ask("user.import_2fa_devices",
                      json::array({json::array({now}), replace}))[0]["outcome"],
            "imported");
  EXPECT_EQ(Outcomes(here_.Restore(lines, {{"keep_uids", true}})), json::array({"exists"}));
  EXPECT_EQ(here_.Ask("user.list_2fa_devices", {"alice"})["devices"].size(), 1U);
}

TEST_F(BackupApiTest, ReplacingBringsAnotherSecretBack) {
  here_.Import(Totp("alice", 1000));
  const auto lines = here_.BackUp();
  here_.Ask("user.renew_2fa_secret", {"alice", json::object()});
  here_.WaitForAFreshCode();
  EXPECT_FALSE(here_.Verify("alice", here_.Totp()));
  EXPECT_EQ(Outcomes(here_.Restore(lines)), json::array({"exists"}));
  here_.Restore(lines, {{"replace", true}});
  here_.WaitForAFreshCode();
  EXPECT_TRUE(here_.Verify("alice", here_.Totp()));
}

TEST_F(BackupApiTest, DryRunTellsAndDoesNothing) {
  here_.Import(Totp("alice", 1000));
  const auto lines = here_.BackUp();
  EXPECT_EQ(Outcomes(there_.Restore(lines, {{"dry_run", true}})), json::array({"would_import"}));
  EXPECT_TRUE(there_.Ask("user.list_2fa_devices", {"alice"})["devices"].empty());
}

TEST_F(BackupApiTest, UidsAreThoseOfTheOtherMachineAndStrangersAreNamed) {
  here_.Import(Totp("alice", 1000));
  here_.Import(Totp("mallory", 1666));
  const auto lines = here_.BackUp();
  there_.accounts_.uid_shift = 500;
  const json users = there_.Restore(lines);
  EXPECT_EQ(Outcomes(users), json::array({"imported", "refused"}));
  EXPECT_EQ(users[1]["username"], "mallory");
  // alice has uid 1000 for everything but the restore, whose uid 1500 is nobody's.
  EXPECT_TRUE(there_.Ask("user.list_2fa_devices", {"alice"})["devices"].empty());
  Machine third;
  third.accounts_.uid_shift = 500;
  EXPECT_EQ(Outcomes(third.Restore(lines, {{"keep_uids", true}})),
            json::array({"imported", "imported"}));
  EXPECT_EQ(third.Ask("user.list_2fa_devices", {"alice"})["devices"].size(), 1U);
}

TEST_F(BackupApiTest, SettingsComeBackWhereTheyAreAskedFor) {
  here_.Ask("auth.twofactor.update", json::array({{{"window", 3}}}));
  const auto lines = here_.BackUp();
  there_.Restore(lines);
  EXPECT_EQ(there_.Ask("auth.twofactor.config", json::array())["window"], 1);
  there_.Restore(lines, {{"settings", true}, {"dry_run", true}});
  EXPECT_EQ(there_.Ask("auth.twofactor.config", json::array())["window"], 1);
  there_.Restore(lines, {{"settings", true}});
  EXPECT_EQ(there_.Ask("auth.twofactor.config", json::array())["window"], 3);
}

TEST_F(BackupApiTest, DamagedPartRestoresNothing) {
  here_.Import(Totp("alice", 1000));
  auto lines = here_.BackUp();
  const std::size_t middle = lines[1].size() / 2;
  lines[1][middle] = lines[1][middle] == 'A' ? 'B' : 'A';
  const Peer root = there_.Connect(0);
  ASSERT_TRUE(there_.Call(root, "restore.start", json::array({lines[0], kPassphrase})));
  EXPECT_EQ(there_.Refusal(root, "restore.next", json::array({lines[1]})), "EFAULT");
  EXPECT_TRUE(there_.Ask("user.list_2fa_devices", {"alice"})["devices"].empty());
}

TEST_F(BackupApiTest, WrongPassphraseIsRefusedAndNothingIsBegun) {
  const auto lines = here_.BackUp();
  const Peer root = there_.Connect(0);
  EXPECT_EQ(there_.Refusal(root, "restore.start", json::array({lines[0], "wrong"})), "EINVAL");
  EXPECT_EQ(there_.Refusal(root, "restore.next", json::array({lines[1]})), "EINVAL");
  EXPECT_EQ(there_.Refusal(there_.Connect(0), "backup.next", json::array()), "EINVAL");
}

TEST_F(BackupApiTest, ChangesMeanwhileAreNotInTheBackup) {
  for (int i = 0; i < 300; ++i) {
    here_.Import(Totp("user" + std::to_string(1000 + i), static_cast<uid_t>(2000 + i)));
  }
  const Peer root = here_.Connect(0);
  const json begun = here_.Call(root, "backup.start", json::array({kPassphrase})).value();
  EXPECT_EQ(begun["users"], 300);
  here_.Import(Totp("zacharias", 1000));
  std::int64_t users = 0;
  int parts = 0;
  for (bool last = false; !last; ++parts) {
    const json part = here_.Call(root, "backup.next", json::array()).value();
    users += part["users"].get<std::int64_t>();
    last = part["last"];
  }
  EXPECT_EQ(users, 300);
  EXPECT_GT(parts, 3);
}

TEST_F(BackupApiTest, FirstQuestionToEnrolGoesAlong) {
  here_.FirstAsked("alice", 1000);
  here_.clock_.Advance(std::chrono::hours(24));
  there_.clock_.Advance(std::chrono::hours(24));
  const auto lines = here_.BackUp();
  EXPECT_EQ(Outcomes(there_.Restore(lines)), json::array({"imported"}));
  EXPECT_EQ(Outcomes(there_.Restore(lines)), json::array({"exists"}));
  EXPECT_EQ(there_.FirstAsked("alice", 1000), here_.FirstAsked("alice", 1000));
}

}  // namespace
}  // namespace twofactor
