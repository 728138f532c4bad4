#include "helperd/twofactord/vault/vault.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helperd/twofactord/vault/database.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/vault/test_key.h"

namespace twofactor {
namespace {

VaultKey Key(const char* text = kKey) { return std::move(VaultKey::Parse(text)).value(); }

NewSecret SecretOf(const std::string& name, uid_t uid = 1000) {
  return {.username = Username::Parse(name).value(),
          .uid = uid,
          .device = 0,
          .parameters = {},
          .created = WallTime(std::chrono::seconds(1'800'000'000)),
          .secret = SecretBytes::CopyOf("the secret of " + name),
          .label = {}};
}

class VaultTest : public testing::Test {
 protected:
  std::string path() const { return directory_ / "vault.sqlite"; }
  // Changes the file behind the vault's back.
  void Alter(const std::string& sql) {
    auto database = Database::Open(path());
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->Execute(sql));
  }
  Vault Open() { return std::move(Vault::Open(path(), Key())).value(); }

  TempDirectory directory_;
};

TEST_F(VaultTest, WhatWasPutIsThereAfterTheNextStart) {
  ASSERT_TRUE(Open().PutSecret(SecretOf("alice")));
  auto vault = Open();
  const auto devices = vault.LoadDevices().value();
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].username.text(), "alice");
  EXPECT_EQ(devices[0].secret.text(), "the secret of alice");
  EXPECT_EQ(devices[0].generation, 1U);
}

TEST_F(VaultTest, FileIsForTheOwnerAloneAndHoldsNoSecretInTheClear) {
  ASSERT_TRUE(Open().PutSecret(SecretOf("alice")));
  struct stat status {};
  ASSERT_EQ(stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  EXPECT_EQ((ReadFile(path()) + ReadFile(path() + "-wal")).find("the secret of"),
            std::string::npos);
}

TEST_F(VaultTest, RenewalKeepsTheSlotAndRaisesTheGeneration) {
  auto vault = Open();
  const auto first = std::move(vault.PutSecret(SecretOf("alice"))).value();
  ASSERT_TRUE(vault.PutSecret(SecretOf("bob")));
  const auto second = std::move(vault.PutSecret(SecretOf("alice"))).value();
  EXPECT_EQ(second.slot, first.slot);
  EXPECT_GT(second.generation, first.generation + 1);
}

TEST_F(VaultTest, SlotsOfRemovedUsersAreUsedAgainAndTheirGenerationsNever) {
  auto vault = Open();
  const auto alice = std::move(vault.PutSecret(SecretOf("alice"))).value();
  ASSERT_TRUE(vault.PutSecret(SecretOf("bob")));
  const auto removed = vault.RemoveUser(alice.username).value();
  ASSERT_EQ(removed.size(), 1U);
  EXPECT_EQ(removed[0].slot, alice.slot);
  const auto carol = std::move(vault.PutSecret(SecretOf("carol"))).value();
  EXPECT_EQ(carol.slot, alice.slot);
  EXPECT_GT(carol.generation, removed[0].generation);
  EXPECT_TRUE(vault.RemoveUser(alice.username).value().empty());
}

TEST_F(VaultTest, WrongKeyIsAClearErrorAndChangesNothing) {
  ASSERT_TRUE(Open().PutSecret(SecretOf("alice")));
  const std::string before = ReadFile(path());
  const auto opened =
      Vault::Open(path(), Key("ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kNotPermitted);
  EXPECT_NE(opened.error().message().find("another key"), std::string::npos);
  EXPECT_EQ(Open().LoadDevices().value().size(), 1U);
}

TEST_F(VaultTest, VaultOfANewerVersionIsRefusedUnchanged) {
  Open();
  Alter("PRAGMA user_version = 99");
  const auto opened = Vault::Open(path(), Key());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kUnknownVersion);
}

TEST_F(VaultTest, RowCopiedToAnotherUserDoesNotOpen) {
  ASSERT_TRUE(Open().PutSecret(SecretOf("alice")));
  ASSERT_TRUE(Open().PutSecret(SecretOf("bob")));
  Alter(
      "UPDATE devices SET sealed = (SELECT sealed FROM devices WHERE username = 'alice')"
      " WHERE username = 'bob'");
  const auto devices = Open().LoadDevices();
  ASSERT_FALSE(devices);
  EXPECT_EQ(devices.error().code(), ErrorCode::kCorrupt);
  EXPECT_NE(devices.error().message().find("bob"), std::string::npos);
}

TEST_F(VaultTest, VaultOfTheFirstSchemaIsBroughtUpToDateWithItsSecrets) {
  ASSERT_TRUE(Open().PutSecret(SecretOf("alice")));
  Alter(R"sql(
    ALTER TABLE devices DROP COLUMN kind;
    ALTER TABLE devices DROP COLUMN label;
    ALTER TABLE devices DROP COLUMN skew;
    ALTER TABLE devices DROP COLUMN first_step;
    ALTER TABLE devices DROP COLUMN counter;
    DROP TABLE recovery_codes;
    DROP TABLE sealed_keys;
    DROP TABLE enrollment;
    DROP TABLE bypasses;
    DROP TABLE stale_users;
    DROP TABLE known_origins;
    DROP TABLE rekey;
    DROP TABLE past_secrets;
    DROP TABLE past_recovery_codes;
    DROP TABLE past_dropped;
    DROP TABLE own_backups;
    PRAGMA user_version = 1;
  )sql");
  auto vault = Open();
  const auto devices = vault.LoadDevices().value();
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].secret.text(), "the secret of alice");
  EXPECT_EQ(devices[0].kind, DeviceKind::kTotp);
  EXPECT_TRUE(vault.PutRecoveryCodes(devices[0].username, 1000, {}, {}));
}

TEST_F(VaultTest, VaultOfTheSecondSchemaIsBroughtUpToDateWithItsRecoveryCodes) {
  std::vector<SecretBytes> codes;
  codes.push_back(SecretBytes::CopyOf("abcdefghjkmn"));
  const auto alice = Username::Parse("alice").value();
  {
    auto vault = Open();
    ASSERT_TRUE(vault.PutSecret(SecretOf("alice")));
    ASSERT_TRUE(vault.PutRecoveryCodes(alice, 1000, {}, codes));
  }
  Alter(R"sql(
    ALTER TABLE recovery_codes DROP COLUMN key;
    DROP TABLE bypasses;
    DROP TABLE stale_users;
    DROP TABLE known_origins;
    DROP TABLE rekey;
    DROP TABLE past_secrets;
    DROP TABLE past_recovery_codes;
    DROP TABLE past_dropped;
    DROP TABLE own_backups;
    PRAGMA user_version = 2;
  )sql");
  auto vault = Open();
  EXPECT_EQ(vault.LoadDevices().value().size(), 2U);
  EXPECT_EQ(vault.ConsumeRecoveryCode(alice, 1000, codes[0]).value(), 0U);
}

TEST_F(VaultTest, SecretThatOnlyTheDaemonUsesDoesNotLeaveTheVault) {
  auto token = SecretOf("alice");
  token.kind = DeviceKind::kHotp;
  ASSERT_TRUE(Open().PutSecret(token));
  EXPECT_TRUE(Open().LoadDevices().value()[0].secret.empty());
}

TEST_F(VaultTest, KindBelongsToTheSeal) {
  auto token = SecretOf("alice");
  token.kind = DeviceKind::kHotp;
  ASSERT_TRUE(Open().PutSecret(token));
  Alter("UPDATE devices SET kind = 1");
  EXPECT_FALSE(Open().LoadDevices());
}

TEST_F(VaultTest, RecoveryCodesAreNotInTheFile) {
  std::vector<SecretBytes> codes;
  codes.push_back(SecretBytes::CopyOf("abcdefghjkmn"));
  const auto alice = Username::Parse("alice").value();
  ASSERT_TRUE(Open().PutRecoveryCodes(alice, 1000, {}, codes));
  EXPECT_EQ((ReadFile(path()) + ReadFile(path() + "-wal")).find("abcdefghjkmn"), std::string::npos);
  // One user's hash is of no use to another.
  Alter("UPDATE recovery_codes SET username = 'bob'; UPDATE devices SET username = 'bob'");
  const auto bob = Username::Parse("bob").value();
  EXPECT_EQ(Open().ConsumeRecoveryCode(bob, 1000, codes[0]).value(), std::nullopt);
}

TEST_F(VaultTest, FirstTimeOfBeingAskedToEnrolIsKeptForThatUid) {
  const auto alice = Username::Parse("alice").value();
  const WallTime first{std::chrono::seconds(1'800'000'000)};
  EXPECT_EQ(Open().FirstAskedToEnrol(alice, 1000, first).value(), first);
  EXPECT_EQ(Open().FirstAskedToEnrol(alice, 1000, first + std::chrono::hours(1)).value(), first);
  const WallTime later = first + std::chrono::hours(2);
  EXPECT_EQ(Open().FirstAskedToEnrol(alice, 1001, later).value(), later);
}

TEST_F(VaultTest, ParametersBelongToTheSeal) {
  ASSERT_TRUE(Open().PutSecret(SecretOf("alice")));
  Alter("UPDATE devices SET digits = 8");
  EXPECT_FALSE(Open().LoadDevices());
}

TEST_F(VaultTest, DevicesAreReadForTheSameUidAlone) {
  auto vault = Open();
  ASSERT_TRUE(vault.PutSecret(SecretOf("alice", 1000)));
  EXPECT_EQ(vault.ReadDevices(Username::Parse("alice").value(), 1000).value().size(), 1U);
  EXPECT_TRUE(vault.ReadDevices(Username::Parse("alice").value(), 1001).value().empty());
}

TEST_F(VaultTest, SettingsAreKeptAndASmallerWindowIsRemembered) {
  {
    auto vault = Open();
    EXPECT_EQ(vault.LoadSettings().value(), VaultSettings{});
    const WallTime now(std::chrono::seconds(1000));
    ASSERT_TRUE(vault.PutSettings({.enabled = false, .ssh = false, .window = 5}, now));
    ASSERT_TRUE(vault.PutSettings({.enabled = false, .ssh = false, .window = 0}, now));
  }
  auto vault = Open();
  EXPECT_EQ(vault.LoadSettings().value(), (VaultSettings{false, false, 0}));
  const auto former = vault.LoadFormerWindows().value();
  ASSERT_EQ(former.size(), 1U);
  EXPECT_EQ(former[0].window, 5);
}

TEST_F(VaultTest, TimeThatWasNotedWhileTheClockWasAheadIsCorrectedByTheNext) {
  auto vault = Open();
  ASSERT_TRUE(vault.NoteSeen(WallTime(std::chrono::seconds(2000))));
  ASSERT_TRUE(vault.NoteSeen(WallTime(std::chrono::seconds(1000))));
  EXPECT_EQ(vault.LatestSeen().value(), WallTime(std::chrono::seconds(1000)));
}

TEST_F(VaultTest, UsesOnlyGrowAndAreOfTheirGenerationAlone) {
  auto vault = Open();
  const auto alice = vault.PutSecret(SecretOf("alice")).value();
  const auto first_step = [&vault] { return vault.LoadDevices().value()[0].first_step; };
  ASSERT_TRUE(vault.NoteUses({{alice.slot, alice.generation, 70}}));
  EXPECT_EQ(first_step(), 70U);
  ASSERT_TRUE(vault.NoteUses({{alice.slot, alice.generation, 60}}));
  EXPECT_EQ(first_step(), 70U);
  ASSERT_TRUE(vault.NoteUses({{alice.slot, alice.generation + 1, 90}, {99, 1, 90}}));
  EXPECT_EQ(first_step(), 70U);
  ASSERT_TRUE(vault.ForgetUsesFrom(alice.slot, alice.generation + 1, 5));
  EXPECT_EQ(first_step(), 70U);
  ASSERT_TRUE(vault.ForgetUsesFrom(alice.slot, alice.generation, 50));
  EXPECT_EQ(first_step(), 50U);
  ASSERT_TRUE(vault.ForgetUsesFrom(alice.slot, alice.generation, 65));
  EXPECT_EQ(first_step(), 50U);
  // A new secret has no past; one that comes back has.
  NewSecret other = SecretOf("alice");
  other.secret = SecretBytes::CopyOf("another secret of hers");
  EXPECT_EQ(vault.PutSecret(other).value().first_step, 0U);
  EXPECT_EQ(vault.PutSecret(SecretOf("alice")).value().first_step, 50U);
}

TEST_F(VaultTest, AnotherProcessCannotOpenItMeanwhile) {
  auto vault = Open();
  ASSERT_TRUE(vault.PutSecret(SecretOf("alice")));
  EXPECT_FALSE(Database::Open(path()));
}

}  // namespace
}  // namespace twofactor
