// A backup of one machine, restored on another.
#include "tests/unit/api/two_machines.h"

namespace twofactor {
namespace {

using nlohmann::json;

// A device as an older version backed it up, which let others of the user's have the same secret.
BackedUpDevice OlderDevice(const std::string& label, DeviceKind kind, std::uint64_t used) {
  return {.device = label == "old" ? 0U : 1U,
          .kind = kind,
          .parameters = {},
          .created = {},
          .label = label,
          .skew = 0,
          .first_step = kind == DeviceKind::kTotp ? static_cast<TimeStep>(used) : 0,
          .counter = kind == DeviceKind::kHotp ? used : 0,
          .secret = DecodeBase32(BackupMachine::kSecret).value()};
}

std::vector<std::string> OlderBackup(BackedUpDevice first, BackedUpDevice second) {
  BackedUpUser user{Username::Parse("bob").value(), 1001, {}, {}, {}};
  user.devices.push_back(std::move(first));
  user.devices.push_back(std::move(second));
  auto writer = BackupWriter::Begin(QuickHeader(1), Passphrase());
  const VaultSettings settings;
  EXPECT_TRUE(writer->Add(user, {}));
  return {ToLine(writer->header()), writer->Finish(&settings).value()};
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

class OlderBackupTest : public BackupApiTest {
 protected:
  // Of the two the newer one stays, and the report names both.
  void ExpectOneDevice(const std::vector<std::string>& lines) {
    const json users = there_.Restore(lines);
    EXPECT_EQ(Outcomes(users), json::array({"imported"}));
    const std::string reason = users[0]["reason"];
    for (const char* part : {"'old'", "'new'", "was left out"}) {
      EXPECT_NE(reason.find(part), std::string::npos) << reason;
    }
    const json devices = there_.Ask("user.list_2fa_devices", {"bob"})["devices"];
    ASSERT_EQ(devices.size(), 1U);
    EXPECT_EQ(devices[0]["label"], "new");
  }
  void ExpectGrantedOnce(const std::string& code) {
    EXPECT_TRUE(there_.Verify("bob", code));
    EXPECT_FALSE(there_.Verify("bob", code));
  }
};

TEST_F(OlderBackupTest, OneSecretTwiceIsOneDeviceAndTheOtherIsNamed) {
  const TimeStep now = StepAt(there_.clock_.wall, std::chrono::seconds(30));
  ExpectOneDevice(OlderBackup(OlderDevice("old", DeviceKind::kTotp, 0),
                              OlderDevice("new", DeviceKind::kTotp, now + 4)));
  there_.WaitForAFreshCode();
  EXPECT_FALSE(there_.Verify("bob", there_.Totp()));
  there_.WaitForAFreshCode();
  ExpectGrantedOnce(there_.Totp());
}

TEST_F(OlderBackupTest, OneSecretTwiceGoesOnFromTheHigherCounter) {
  ExpectOneDevice(OlderBackup(OlderDevice("old", DeviceKind::kHotp, 4),
                              OlderDevice("new", DeviceKind::kHotp, 9)));
  EXPECT_FALSE(there_.Verify("bob", Machine::Hotp(8)));
  ExpectGrantedOnce(Machine::Hotp(9));
}

TEST_F(OlderBackupTest, OneSecretForTwoKindsOfCodesIsTheDeviceThatWasUsed) {
  const TimeStep now = StepAt(there_.clock_.wall, std::chrono::seconds(30));
  ExpectOneDevice(OlderBackup(OlderDevice("old", DeviceKind::kHotp, 4),
                              OlderDevice("new", DeviceKind::kTotp, now)));
  there_.WaitForAFreshCode();
  EXPECT_FALSE(there_.Verify("bob", Machine::Hotp(4)));
  ExpectGrantedOnce(there_.Totp());
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
