// What was used since a backup stays used when it is restored, whatever was replaced or removed
// since, and whatever the clock said.
#include "tests/unit/api/two_machines.h"

namespace twofactor {
namespace {

using nlohmann::json;

// alice uses the first of her recovery codes, and bob the first code of his counter.
void UseOneOfEach(BackupMachine& machine) {
  EXPECT_TRUE(machine.Verify("alice", "11111111"));
  EXPECT_TRUE(machine.Verify("bob", BackupMachine::Hotp(8)));
}

// These are used, and the next ones are not.
void ExpectOneOfEachIsUsed(BackupMachine& machine) {
  EXPECT_FALSE(machine.Verify("alice", "11111111"));
  EXPECT_TRUE(machine.Verify("alice", "22222222"));
  EXPECT_FALSE(machine.Verify("bob", BackupMachine::Hotp(8)));
  EXPECT_TRUE(machine.Verify("bob", BackupMachine::Hotp(9)));
}

TEST_F(BackupApiTest, ReplacingBringsNoUsedCodeBack) {
  here_.Import(Totp("alice", 1000));
  here_.Import(HotpUser("bob", 1001));
  const auto lines = here_.BackUp();
  const std::string code = here_.Totp(1);
  EXPECT_TRUE(here_.Verify("alice", code));
  UseOneOfEach(here_);
  EXPECT_EQ(Outcomes(here_.Restore(lines, {{"replace", true}})),
            json::array({"imported", "imported"}));
  EXPECT_FALSE(here_.Verify("alice", code));
  ExpectOneOfEachIsUsed(here_);
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

// What was replaced since the backup: of each kind, what was used of it.
TEST_F(BackupApiTest, WhatWasUsedStaysUsedWhereItsSecretWasReplacedSinceTheBackup) {
  here_.Import(Totp("alice", 1000));
  here_.Import(HotpUser("bob", 1001));
  const auto lines = here_.BackUp();
  const std::string code = here_.Totp(1);
  EXPECT_TRUE(here_.Verify("alice", code));
  UseOneOfEach(here_);
  here_.Ask("user.renew_2fa_secret", {"alice", json::object()});
  here_.Ask("user.renew_recovery_codes", {"alice"});
  here_.Ask("user.renew_2fa_secret", {"bob", json::object()});
  EXPECT_EQ(Outcomes(here_.Restore(lines, {{"replace", true}})),
            json::array({"imported", "imported"}));
  EXPECT_FALSE(here_.Verify("alice", code));
  ExpectOneOfEachIsUsed(here_);
}

TEST_F(BackupApiTest, WhatWasUsedStaysUsedWhereItsUserWasTakenAwaySinceTheBackup) {
  here_.Import(Totp("alice", 1000));
  here_.Import(HotpUser("bob", 1001));
  const auto lines = here_.BackUp();
  UseOneOfEach(here_);
  here_.Ask("user.unset_2fa_secret", {"alice"});
  here_.Ask("user.unset_2fa_secret", {"bob"});
  EXPECT_EQ(Outcomes(here_.Restore(lines)), json::array({"imported", "imported"}));
  ExpectOneOfEachIsUsed(here_);
}

TEST_F(BackupApiTest, CodeUsedWhileTheClockWasAheadStaysUsedWhereItsSecretWasReplaced) {
  here_.Import(Totp("alice", 1000));
  const auto lines = here_.BackUp();
  here_.clock_.wall += std::chrono::hours(2);
  const std::string used = here_.Totp();
  EXPECT_TRUE(here_.Verify("alice", used));
  here_.clock_.wall -= std::chrono::hours(2);
  here_.Ask("user.renew_2fa_secret", {"alice", json::object()});
  here_.Restore(lines, {{"replace", true}});
  here_.clock_.wall += std::chrono::hours(2);
  EXPECT_FALSE(here_.Verify("alice", used));
}

// A machine that never had them knows no more than the backup does, and says so.
TEST_F(BackupApiTest, WhatThisMachineCannotKnowIsTold) {
  here_.Import(Totp("alice", 1000));
  here_.Import(HotpUser("bob", 1001));
  json none = Totp("reader", 1003);
  none["recovery_codes"] = json::array();
  here_.Import(none);
  const auto lines = here_.BackUp();
  const json elsewhere = there_.Restore(lines);
  EXPECT_EQ(elsewhere[0]["uses_unknown"], true);
  EXPECT_EQ(elsewhere[1]["uses_unknown"], true);
  EXPECT_EQ(elsewhere[2]["uses_unknown"], false);
  for (const char* user : {"alice", "bob"}) {
    here_.Ask("user.unset_2fa_secret", {user});
  }
  for (const json& user : here_.Restore(lines)) {
    EXPECT_EQ(user["uses_unknown"], false) << user;
  }
}

// The vault keeps so many secrets that a user had. What it has dropped it does not bring back.
TEST_F(BackupApiTest, CodesWhoseUseIsNotKnownAnyMoreStayAway) {
  here_.Import(HotpUser("bob", 1001));
  const auto lines = here_.BackUp();
  EXPECT_TRUE(here_.Verify("bob", Machine::Hotp(8)));
  here_.clock_.Advance(std::chrono::minutes(2));
  here_.DropPastSecretsOf("bob");
  const json users = here_.Restore(lines, {{"replace", true}});
  EXPECT_EQ(users[0]["outcome"], "refused");
  EXPECT_NE(users[0]["reason"].get<std::string>().find("HOTP"), std::string::npos);
  EXPECT_FALSE(here_.Verify("bob", Machine::Hotp(9)));
  // Of a backup that is younger than what was dropped all is known.
  const auto younger = here_.BackUp();
  EXPECT_EQ(here_.Restore(younger, {{"replace", true}})[0]["outcome"], "imported");
}

// What an earlier version used of a list is not known, and neither is what was dropped.
TEST_F(BackupApiTest, RecoveryCodesOfAnotherListStayAwayInAVaultOfAnOlderDaemon) {
  here_.Import(Totp("alice", 1000));
  const auto lines = here_.BackUp();
  EXPECT_TRUE(here_.Verify("alice", "11111111"));
  here_.clock_.Advance(std::chrono::minutes(2));
  here_.Ask("user.renew_recovery_codes", {"alice"});
  here_.BecomeOlder(here_.clock_.wall);
  here_.clock_.Advance(std::chrono::minutes(2));
  ExpectNoRecoveryCodes(lines);
}

TEST_F(BackupApiTest, RecoveryCodesWhoseUseIsNotKnownAnyMoreAreLeftOut) {
  here_.Import(Totp("alice", 1000));
  const auto lines = here_.BackUp();
  EXPECT_TRUE(here_.Verify("alice", "11111111"));
  here_.clock_.Advance(std::chrono::minutes(2));
  const std::size_t of_a_list =
      here_.Ask("user.renew_recovery_codes", {"alice"})["recovery_codes"].size();
  for (std::size_t replaced = 0; replaced <= kMaxPastCodes; replaced += of_a_list) {
    here_.Ask("user.renew_recovery_codes", {"alice"});
  }
  ExpectNoRecoveryCodes(lines);
}

TEST_F(BackupApiTest, RestoreWhileTheClockIsAheadDelaysNobody) {
  here_.Import(Totp("alice", 1000));
  const auto lines = here_.BackUp();
  there_.SetClock(kAhead);
  there_.Restore(lines);
  EXPECT_FALSE(there_.Verify("alice", there_.Totp()));
  there_.SetClock(-kAhead);
  there_.clock_.Advance(std::chrono::seconds(60));
  EXPECT_TRUE(there_.Verify("alice", there_.Totp()));
  there_.SetClock({});
  there_.Restart(/*lose_ledger=*/true);
  there_.clock_.Advance(std::chrono::seconds(60));
  EXPECT_TRUE(there_.Verify("alice", there_.Totp()));
}

TEST_F(BackupApiTest, BackupOfAClockThatWasAheadBringsNoUsedCodeBack) {
  here_.Import(HotpUser("bob", 1001));
  here_.SetClock(kAhead);
  const auto lines = here_.BackUp();
  here_.SetClock(-kAhead);
  EXPECT_TRUE(here_.Verify("bob", Machine::Hotp(8)));
  here_.DropPastSecretsOf("bob");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Outcomes(here_.Restore(lines, Replace())), json::array({"refused"})) << i;
    EXPECT_FALSE(here_.Verify("bob", Machine::Hotp(8)));
    // Now its date has passed.
    here_.clock_.Advance(kAhead);
  }
}

TEST_F(BackupApiTest, BackupIsKnownAfterAClockThatWasAheadForYears) {
  here_.Import(HotpUser("bob", 1001));
  here_.SetClock(kYearsAhead);
  here_.DropPastSecretsOf("bob");
  here_.SetClock(-kYearsAhead);
  json bob = HotpUser("bob", 1001);
  bob["recovery_codes"] = json::array({"33333333"});
  ASSERT_EQ(
      Outcomes(here_.Ask("user.import_2fa_devices", json::array({json::array({bob}), Replace()}))),
      json::array({"imported"}));
  const auto lines = here_.BackUp();
  here_.Ask("user.renew_recovery_codes", {"bob"});
  EXPECT_EQ(here_.Restore(lines, Replace())[0]["reason"], "");
  EXPECT_TRUE(here_.Verify("bob", "33333333"));
}

// An older daemon never lowered the time that it had noted.
TEST_F(BackupApiTest, VaultOfAnOlderDaemonWhoseClockWasAheadClosesNothingForYears) {
  there_.Import(Totp("alice", 1000));
  there_.BecomeOlder(there_.clock_.wall + kYearsAhead);
  there_.clock_.Advance(std::chrono::minutes(10));
  here_.clock_.Advance(std::chrono::minutes(5));
  here_.Import(HotpUser("bob", 1001));
  EXPECT_EQ(Outcomes(there_.Restore(here_.BackUp())), json::array({"imported"}));

  there_.Ask("user.renew_recovery_codes", {"alice"});
  json alice = Totp("alice", 1000);
  alice["recovery_codes"] = json::array({"55555555"});
  ASSERT_EQ(Outcomes(there_.Ask("user.import_2fa_devices",
                                json::array({json::array({alice}), Replace()}))),
            json::array({"imported"}));
  EXPECT_TRUE(there_.Verify("alice", "55555555"));
}

TEST_F(BackupApiTest, VaultOfAnOlderDaemonTrustsNoBackupThatIsOlderOrDatedAhead) {
  here_.Import(HotpUser("bob", 1001));
  const auto older = here_.BackUp();
  here_.SetClock(kYearsAhead);
  const auto ahead = here_.BackUp();
  here_.SetClock(-kYearsAhead);
  EXPECT_TRUE(here_.Verify("bob", Machine::Hotp(8)));
  here_.Ask("user.unset_2fa_secret", {"bob"});
  for (const auto noted : {std::chrono::seconds(0), kYearsAhead}) {
    here_.clock_.Advance(std::chrono::minutes(10));
    here_.BecomeOlder(here_.clock_.wall + noted);
    here_.clock_.Advance(std::chrono::minutes(10));
    EXPECT_EQ(Outcomes(here_.Restore(older)), json::array({"refused"})) << noted.count();
    EXPECT_EQ(Outcomes(here_.Restore(ahead)), json::array({"refused"})) << noted.count();
  }
}

TEST_F(BackupApiTest, ClockThatIsBehindOpensNoOlderBackup) {
  here_.Import(HotpUser("bob", 1001));
  const auto lines = here_.BackUp();
  EXPECT_TRUE(here_.Verify("bob", Machine::Hotp(8)));
  here_.Ask("user.unset_2fa_secret", {"bob"});
  here_.clock_.Advance(std::chrono::minutes(10));
  here_.BecomeOlder(here_.clock_.wall);
  here_.SetClock(-kYearsAhead);
  EXPECT_EQ(Outcomes(here_.Restore(lines)), json::array({"refused"}));
  here_.SetClock(kYearsAhead);
  here_.clock_.Advance(std::chrono::minutes(10));
  EXPECT_EQ(Outcomes(here_.Restore(lines)), json::array({"refused"}));
}

}  // namespace
}  // namespace twofactor
