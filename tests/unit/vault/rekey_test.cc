// The change of the vault's key: what opens when, and what is left of the old one.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "helperd/twofactord/vault/database.h"
#include "helperd/twofactord/vault/vault.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/vault/test_key.h"

namespace twofactor {
namespace {

constexpr int kBatch = 100;
constexpr int kUsers = 1000;
constexpr int kGuests = 6000;

VaultKey OldKey() { return std::move(VaultKey::Parse(kKey)).value(); }
std::string NameOf(int user) { return "user" + std::to_string(user); }
std::string SecretOf(int user) { return "the secret of " + std::to_string(user); }

NewSecret New(int user, const std::string& secret) {
  return {.username = Username::Parse(NameOf(user)).value(),
          .uid = static_cast<uid_t>(1000 + user),
          .device = 0,
          .parameters = {},
          .created = {},
          .secret = SecretBytes::CopyOf(secret),
          .label = {}};
}

class RekeyTest : public testing::Test {
 protected:
  std::string path() const { return directory_ / "vault.sqlite"; }
  Result<Vault> Open(const VaultKey& key) const { return Vault::Open(path(), key.Clone()); }

  // Users in an order that makes SQLite divide its pages, one who is gone, and one with recovery
  // codes.
  void Fill() {
    auto vault = Open(OldKey()).value();
    std::vector<int> users(kUsers);
    for (int i = 0; i < kUsers; ++i) {
      users[static_cast<std::size_t>(i)] = i;
    }
    // NOLINTNEXTLINE(cert-msc51-cpp): the same pages each time.
    std::shuffle(users.begin(), users.end(), std::mt19937(1));
    ASSERT_TRUE(vault.Begin());
    for (const int user : users) {
      ASSERT_TRUE(vault.PutSecret(New(user, SecretOf(user))));
    }
    ASSERT_TRUE(vault.Commit());
    ASSERT_TRUE(vault.PutSecret(New(kUsers, "gone")));
    ASSERT_TRUE(vault.RemoveUser(Username::Parse(NameOf(kUsers)).value()));
    std::vector<SecretBytes> codes;
    codes.push_back(SecretBytes::CopyOf("abcdefghjkmn"));
    ASSERT_TRUE(vault.PutRecoveryCodes(Username::Parse(NameOf(0)).value(), 1000, {}, codes));
  }
  static std::string GuestName(int guest) {
    // In an order of names that is not theirs.
    return "guest" + std::to_string(guest * 7919 % 100003);
  }
  // Rows of many lengths, in places all over the pages: where SQLite moves them, it leaves copies
  // behind that no deletion reaches.
  void AddGuests() const {
    auto vault = Open(OldKey()).value();
    for (int guest = 0; guest < kGuests;) {
      ASSERT_TRUE(vault.Begin());
      do {
        auto secret = New(0, "a guest's secret");
        secret.username = Username::Parse(GuestName(guest)).value();
        secret.label = std::string(static_cast<std::size_t>(guest * 13 % 60), 'x');
        ASSERT_TRUE(vault.PutSecret(secret));
      } while (++guest % 100 != 0);
      ASSERT_TRUE(vault.Commit());
    }
  }
  static void MoveAll(Vault& vault) {
    DevicePosition after;
    for (;;) {
      const auto moved = vault.MoveSeals(after, kBatch);
      ASSERT_TRUE(moved) << moved.error().message();
      if (!moved->next) {
        return;
      }
      after = *moved->next;
    }
  }
  static void ExpectAllThere(Vault& vault) {
    const auto devices = vault.LoadDevices();
    ASSERT_TRUE(devices) << devices.error().message();
    EXPECT_EQ(devices->size(), kUsers + 1U);
    for (const PublishedDevice& device : *devices) {
      if (device.kind == DeviceKind::kTotp) {
        EXPECT_EQ(device.secret.text(), SecretOf(static_cast<int>(device.uid) - 1000));
      }
    }
  }
  std::vector<std::string> SealsInTheFile() const {
    auto database = Database::Open(path()).value();
    auto select =
        database.Prepare("SELECT sealed FROM devices UNION SELECT sealed FROM sealed_keys").value();
    std::vector<std::string> seals;
    while (select.Step().value()) {
      const auto blob = select.Blob(0);
      seals.emplace_back(blob.begin(), blob.end());
    }
    return seals;
  }
  std::string AllBytes() const { return ReadFile(path()) + ReadFile(path() + "-wal"); }

  TempDirectory directory_;
};

TEST_F(RekeyTest, EitherKeyOpensEverythingFromTheStartToTheFinishAndTheNewOneAlonePastIt) {
  Fill();
  auto vault = std::make_optional(Open(OldKey()).value());
  const auto started = vault->StartRekey(OldKey());
  ASSERT_TRUE(started) << started.error().message();
  EXPECT_FALSE(started->resumed);
  EXPECT_EQ(started->secrets, kUsers + 1U);
  DevicePosition after;
  for (bool last = false; !last;) {
    for (const VaultKey& key : {OldKey().Clone(), started->key.Clone()}) {
      vault.reset();
      vault.emplace(Open(key).value());
      EXPECT_TRUE(vault->rekey_under_way());
      ExpectAllThere(*vault);
    }
    const auto moved = vault->MoveSeals(after, 4 * kBatch);
    ASSERT_TRUE(moved) << moved.error().message();
    last = !moved->next;
    after = moved->next.value_or(after);
  }
  ASSERT_TRUE(vault->FinishRekey(started->key));
  EXPECT_FALSE(vault->rekey_under_way());
  vault.reset();
  const auto refused = Open(OldKey());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kNotPermitted);
  vault.emplace(Open(started->key).value());
  ExpectAllThere(*vault);
  EXPECT_EQ(vault
                ->ConsumeRecoveryCode(Username::Parse(NameOf(0)).value(), 1000,
                                      SecretBytes::CopyOf("abcdefghjkmn"))
                .value(),
            0U);
}

TEST_F(RekeyTest, NoByteOfASealOfTheOldKeyIsLeftInTheFile) {
  Fill();
  AddGuests();
  const auto seals = SealsInTheFile();
  auto vault = Open(OldKey()).value();
  ASSERT_TRUE(vault.Begin());
  for (int guest = 0; guest < kGuests; guest += 10) {
    ASSERT_TRUE(vault.RemoveUser(Username::Parse(GuestName(guest)).value()));
  }
  ASSERT_TRUE(vault.Commit());
  const auto started = vault.StartRekey(OldKey()).value();
  // The two keys, each sealed with the other.
  const std::string wraps = [this] {
    const TempDirectory copy;
    WriteFile(copy / "vault", ReadFile(path()));
    WriteFile(copy / "vault-wal", ReadFile(path() + "-wal"));
    auto database = Database::Open(copy / "vault").value();
    auto select = database.Prepare("SELECT next, former FROM rekey").value();
    EXPECT_TRUE(select.Step().value());
    return std::string(select.Blob(0).begin(), select.Blob(0).end()) +
           std::string(select.Blob(1).begin(), select.Blob(1).end());
  }();
  ASSERT_EQ(wraps.size(), 122U);
  MoveAll(vault);
  ASSERT_TRUE(vault.FinishRekey(started.key));
  const std::string bytes = AllBytes();
  for (const std::string& seal : seals) {
    ASSERT_GT(seal.size(), 28U);
    EXPECT_EQ(bytes.find(seal.substr(1, 16)), std::string::npos);
    EXPECT_EQ(bytes.find(seal.substr(seal.size() - 16)), std::string::npos);
  }
  for (std::size_t start = 1; start + 16 <= wraps.size(); start += 15) {
    EXPECT_EQ(bytes.find(wraps.substr(start, 16)), std::string::npos) << start;
  }
}

TEST_F(RekeyTest, WhatAKilledProcessLeftOfTheOldKeyInTheLogGoesWithTheNextStart) {
  Fill();
  auto database = std::make_optional(Database::Open(path()).value());
  // As the commit at the end of a rekey leaves it.
  ASSERT_TRUE(database->Execute("INSERT INTO numbers VALUES ('former_key_remains', 1)"));
  WriteFile(directory_ / "copy", ReadFile(path()));
  WriteFile(directory_ / "copy-wal", ReadFile(path() + "-wal"));
  const auto logged = ReadFile(directory_ / "copy-wal").size();
  const auto vault = Vault::Open(directory_ / "copy", OldKey());
  ASSERT_TRUE(vault);
  EXPECT_LT(ReadFile(directory_ / "copy-wal").size(), logged + 1);
  EXPECT_NE(ReadFile(directory_ / "copy").find("former_key_remains"), std::string::npos);
}

TEST_F(RekeyTest, SecondStartGivesTheSameKeyAndANewSecretIsOfIt) {
  Fill();
  auto vault = std::make_optional(Open(OldKey()).value());
  const auto first = vault->StartRekey(OldKey()).value();
  vault.reset();
  vault.emplace(Open(OldKey()).value());
  const auto second = vault->StartRekey(OldKey()).value();
  EXPECT_TRUE(second.resumed);
  EXPECT_TRUE(second.key.Equals(first.key));
  EXPECT_TRUE(vault->StartRekey(first.key).value().key.Equals(first.key));
  MoveAll(*vault);
  // Behind the last batch.
  ASSERT_TRUE(vault->PutSecret(New(3, SecretOf(3))));
  EXPECT_TRUE(vault->FinishRekey(first.key));
  ExpectAllThere(*vault);
}

TEST_F(RekeyTest, KeyThatIsNotTheDaemonsBeginsNothing) {
  Fill();
  auto vault = Open(OldKey()).value();
  const auto other = VaultKey::Generate().value();
  const auto started = vault.StartRekey(other);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code(), ErrorCode::kConflict);
  EXPECT_FALSE(vault.rekey_under_way());
  EXPECT_FALSE(vault.MoveSeals({}, kBatch));
}

TEST_F(RekeyTest, OldKeyIsNotForgottenBeforeTheNewOneIsInPlaceAndAllIsMoved) {
  Fill();
  auto vault = Open(OldKey()).value();
  const auto started = vault.StartRekey(OldKey()).value();
  const auto unmoved = vault.FinishRekey(started.key);
  ASSERT_FALSE(unmoved);
  EXPECT_EQ(unmoved.error().code(), ErrorCode::kConflict);
  MoveAll(vault);
  const auto unplaced = vault.FinishRekey(OldKey());
  ASSERT_FALSE(unplaced);
  EXPECT_EQ(unplaced.error().code(), ErrorCode::kConflict);
  EXPECT_TRUE(vault.rekey_under_way());
  EXPECT_TRUE(vault.FinishRekey(started.key));
  // An answer that was lost is asked for again.
  EXPECT_TRUE(vault.FinishRekey(started.key));
}

TEST_F(RekeyTest, SecretThatOpensWithNeitherKeyStopsIt) {
  Fill();
  {
    auto database = Database::Open(path()).value();
    ASSERT_TRUE(database.Execute("UPDATE devices SET uid = 1 WHERE username = 'user5'"));
  }
  auto vault = Open(OldKey()).value();
  const auto started = vault.StartRekey(OldKey()).value();
  const auto moved = vault.MoveSeals({}, 2 * kUsers);
  ASSERT_FALSE(moved);
  EXPECT_NE(moved.error().message().find("user5"), std::string::npos);
  EXPECT_FALSE(vault.FinishRekey(started.key));
}

TEST_F(RekeyTest, StrangersKeyOpensNoVaultAmidARekey) {
  Fill();
  ASSERT_TRUE(Open(OldKey()).value().StartRekey(OldKey()));
  const auto opened = Open(VaultKey::Generate().value());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kNotPermitted);
}

}  // namespace
}  // namespace twofactor
