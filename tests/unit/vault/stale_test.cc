#include <gtest/gtest.h>

#include <optional>

#include "helperd/twofactord/vault/stale_note.h"
#include "helperd/twofactord/vault/vault.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/vault/test_key.h"

namespace twofactor {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr WallTime kNow{seconds(1'800'000'000)};
TEST(StaleNoteTest, GraceIsOverOnceLooksOverItsDaysFoundNobody) {
  StaleNote note = NotedAgain(std::nullopt, kNow);
  EXPECT_EQ(note, (StaleNote{kNow, kNow, seconds(0)}));
  for (int day = 1; day < 30; ++day) {
    note = NotedAgain(note, kNow + days(day));
    EXPECT_FALSE(IsOverGrace(note, days(30))) << day;
    EXPECT_EQ(DaysLeft(note, days(30)), days(30 - day));
  }
  note = NotedAgain(note, kNow + days(30));
  EXPECT_TRUE(IsOverGrace(note, days(30)));
  EXPECT_EQ(DaysLeft(note, days(30)), days(0));
  EXPECT_EQ(note.first_seen, kNow);
}

TEST(StaleNoteTest, ClockThatLeapsWinsTwoDaysAndNotAGrace) {
  const auto note = NotedAgain(NotedAgain(std::nullopt, kNow), kNow + days(4000));
  EXPECT_EQ(note.stale_for, seconds(kMostBetweenLooks));
  EXPECT_FALSE(IsOverGrace(note, days(3)));
}

TEST(StaleNoteTest, ClockThatGoesBackWinsNothingAndIsCountedFrom) {
  auto note = NotedAgain(NotedAgain(std::nullopt, kNow), kNow - days(9));
  EXPECT_EQ(note, (StaleNote{kNow - days(9), kNow - days(9), seconds(0)}));
  note = NotedAgain(note, kNow - days(9) + hours(5));
  EXPECT_EQ(note.stale_for, hours(5));
}

TEST(StaleNoteTest, GraceOfZeroIsNeverOver) {
  const StaleNote note{kNow, kNow, days(9999)};
  EXPECT_FALSE(IsOverGrace(note, days(0)));
  EXPECT_EQ(DaysLeft(note, days(0)), std::nullopt);
}

class VaultStaleTest : public testing::Test {
 protected:
  VaultStaleTest() { Reopen(); }
  void Reopen() {
    vault_.reset();
    auto key = VaultKey::Parse(kKey);
    vault_.emplace(std::move(Vault::Open(directory_ / "vault", std::move(*key))).value());
  }
  static Username Name(const std::string& name) { return Username::Parse(name).value(); }
  PublishedDevice Put(const std::string& name, uid_t uid, std::uint32_t device = 0) {
    return vault_
        ->PutSecret(
            {.username = Name(name),
             .uid = uid,
             .device = device,
             .parameters = {},
             .created = kNow,
             .secret = SecretBytes::CopyOf("the secret of " + name + std::string(device, '+')),
             .label = "phone"})
        .value();
  }
  // "alice 1000 2" for each user: name, uid, devices.
  std::vector<std::string> Users(const std::string& after = "", std::size_t most = 100) {
    std::vector<std::string> lines;
    const auto users = vault_->ListUsers(after, most).value();
    for (const VaultUser& user : users) {
      lines.push_back(user.username.text() + " " + std::to_string(user.uid) + " " +
                      std::to_string(user.devices) + (user.stale ? " stale" : ""));
    }
    return lines;
  }
  using Lines = std::vector<std::string>;

  TempDirectory directory_;
  std::optional<Vault> vault_;
};

TEST_F(VaultStaleTest, EverybodyIsListedOnceForEachUidWithWhoWasOnlyAskedToEnrol) {
  Put("bob", 1001);
  Put("alice", 1000);
  Put("alice", 1000, 1);
  Put("alice", 2000, 2);
  ASSERT_TRUE(vault_->PutRecoveryCodes(Name("alice"), 1000, kNow, {}));
  ASSERT_TRUE(vault_->PutFirstAsked(Name("carol"), 1002, kNow));
  ASSERT_TRUE(vault_->PutFirstAsked(Name("bob"), 1001, kNow));
  EXPECT_EQ(Users(), (Lines{"alice 1000 2", "alice 2000 1", "bob 1001 1", "carol 1002 0"}));
  EXPECT_EQ(Users("", 1), (Lines{"alice 1000 2", "alice 2000 1"}));
  EXPECT_EQ(Users("alice", 1), (Lines{"bob 1001 1"}));
  EXPECT_EQ(Users("bob"), (Lines{"carol 1002 0"}));
  EXPECT_EQ(Users("carol"), Lines{});
}

TEST_F(VaultStaleTest, NoteIsOfTheNameWithItsUidAndThereAfterTheNextStart) {
  Put("alice", 1000);
  Put("alice", 2000, 1);
  ASSERT_TRUE(vault_->NoteStale(Name("alice"), 1000, kNow));
  Reopen();
  EXPECT_EQ(Users(), (Lines{"alice 1000 1 stale", "alice 2000 1"}));
  EXPECT_EQ(vault_->NoteStale(Name("alice"), 1000, kNow + days(1)).value().stale_for, days(1));
  ASSERT_TRUE(vault_->ForgetStale(Name("alice"), 1000));
  EXPECT_EQ(Users(), (Lines{"alice 1000 1", "alice 2000 1"}));
  EXPECT_EQ(vault_->NoteStale(Name("alice"), 1000, kNow + days(2)).value().stale_for, days(0));
}

TEST_F(VaultStaleTest, ForgottenUserLeavesNothingAndAnotherUidOfTheNameKeepsAll) {
  const auto old = Put("alice", 1000);
  ASSERT_TRUE(vault_->PutRecoveryCodes(Name("alice"), 1000, kNow, {}));
  ASSERT_TRUE(vault_->PutFirstAsked(Name("alice"), 1000, kNow));
  ASSERT_TRUE(vault_->NoteStale(Name("alice"), 1000, kNow));
  const auto now = Put("alice", 2000, 1);
  const auto removed = vault_->ForgetUser(Name("alice"), 1000).value();
  ASSERT_EQ(removed.size(), 2U);
  EXPECT_EQ(removed[0].slot, old.slot);
  EXPECT_GT(removed[0].generation, now.generation);
  EXPECT_EQ(Users(), (Lines{"alice 2000 1"}));
  EXPECT_TRUE(vault_->ForgetUser(Name("alice"), 1000).value().empty());
  EXPECT_EQ(vault_->NoteStale(Name("alice"), 1000, kNow + days(1)).value().first_seen,
            kNow + days(1));
}

TEST_F(VaultStaleTest, RecoveryCodesGoWithTheUidThatTheyBelongTo) {
  Put("alice", 1000);
  Put("alice", 2000, 1);
  const auto code = SecretBytes::CopyOf("abcdefghjkmn");
  std::vector<SecretBytes> codes;
  codes.push_back(code.Clone());
  ASSERT_TRUE(vault_->PutRecoveryCodes(Name("alice"), 2000, kNow, codes));
  ASSERT_TRUE(vault_->ForgetOthersOfName(Name("alice"), 2000));
  EXPECT_EQ(vault_->CountRecoveryCodes(Name("alice")).value(), 1U);
  ASSERT_TRUE(vault_->ForgetOthersOfName(Name("alice"), 3000));
  EXPECT_EQ(vault_->CountRecoveryCodes(Name("alice")).value(), 0U);
  EXPECT_EQ(Users(), Lines{});
}

TEST_F(VaultStaleTest, RenamedUserHasTheSameSecretsUnderTheNewNameAndNoRecoveryCodes) {
  const auto alice = Put("alice", 1000);
  const auto other = Put("alice", 3000, 3);
  ASSERT_TRUE(vault_->PutSecret({.username = Name("alice"),
                                 .uid = 1000,
                                 .device = 2,
                                 .parameters = {},
                                 .created = kNow,
                                 .secret = SecretBytes::CopyOf("button"),
                                 .kind = DeviceKind::kHotp,
                                 .label = "key",
                                 .counter = 7}));
  ASSERT_TRUE(vault_->PutRecoveryCodes(Name("alice"), 1000, kNow, {}));
  ASSERT_TRUE(vault_->PutFirstAsked(Name("alice"), 1000, kNow - days(3)));
  ASSERT_TRUE(vault_->NoteUses({{alice.slot, alice.generation, 40}}));
  const auto renamed = vault_->RenameUser(Name("alice"), 1000, Name("alicia")).value();
  EXPECT_EQ(renamed.removed.size(), 3U);
  EXPECT_TRUE(renamed.lost_recovery_codes);
  ASSERT_EQ(renamed.published.size(), 2U);
  EXPECT_EQ(renamed.published[0].secret.text(), "the secret of alice");
  EXPECT_EQ(renamed.published[0].first_step, 40U);
  // It has a past, of which no use is known.
  EXPECT_EQ(renamed.published[1].first_step, 1U);
  EXPECT_GT(renamed.published[0].generation, other.generation);
  EXPECT_EQ(Users(), (Lines{"alice 3000 1", "alicia 1000 2"}));
  Reopen();
  EXPECT_EQ(vault_->LoadDevices().value().size(), 3U);
  const auto listed = vault_->ReadDevices(Name("alicia"), 1000).value();
  EXPECT_EQ(listed[1].device, 2U);
  EXPECT_EQ(listed[1].label, "key");
  EXPECT_EQ(vault_->CounterOfSecret(Name("alicia"), SecretBytes::CopyOf("button")).value(), 7U);
  EXPECT_EQ(vault_->FindFirstAsked(Name("alicia"), 1000).value(), kNow - days(3));
}

TEST_F(VaultStaleTest, KeyOfABackupGoesOnceNoCodeOfItIsLeftAndTheOwnKeyStays) {
  Put("alice", 1000);
  ASSERT_TRUE(vault_->PutRecoveryCodes(Name("alice"), 1000, kNow, {}));
  const auto name = vault_->KeepRecoveryKey(SecretBytes::CopyOf(std::string(32, 'k'))).value();
  const auto own = vault_->KeepRecoveryKey(SecretBytes::CopyOf(std::string(32, 'l'))).value();
  ASSERT_NE(name, own);
  const std::vector<RecoveryHash> hashes = {RecoveryHash(32, 1)};
  ASSERT_TRUE(vault_->PutRecoveryHashes(Name("alice"), 1000, kNow, name, hashes));
  EXPECT_EQ(vault_->RemoveUnusedRecoveryKeys().value(), 1U);
  EXPECT_EQ(vault_->RemoveUnusedRecoveryKeys().value(), 0U);
  // What is left of it can still be looked for.
  EXPECT_TRUE(vault_->ConsumeRecoveryCode(Name("alice"), 1000, SecretBytes::CopyOf("abcd")));
  ASSERT_TRUE(vault_->ForgetUser(Name("alice"), 1000));
  EXPECT_EQ(vault_->RemoveUnusedRecoveryKeys().value(), 1U);
  vault_.reset();
  auto database = Database::Open(directory_ / "vault");
  auto select = database->Prepare("SELECT name FROM sealed_keys WHERE name <> 'past secrets'");
  ASSERT_TRUE(select->Step().value());
  EXPECT_EQ(select->Text(0), "recovery codes");
  EXPECT_FALSE(select->Step().value());
}

}  // namespace
}  // namespace twofactor
