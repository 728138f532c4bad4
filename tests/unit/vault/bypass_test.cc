// Bypasses in the vault.
#include <gtest/gtest.h>

#include "helperd/twofactord/vault/vault.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/vault/test_key.h"

namespace twofactor {
namespace {

constexpr WallTime kSince{std::chrono::seconds(1'800'000'000)};

class VaultBypassTest : public testing::Test {
 protected:
  VaultBypassTest() { EXPECT_TRUE(vault_->PutBypass(Bypass())); }

  std::string path() const { return directory_ / "vault.sqlite"; }
  Vault Open() const {
    return std::move(Vault::Open(path(), std::move(VaultKey::Parse(kKey)).value())).value();
  }
  static Username Alice() { return Username::Parse("alice").value(); }
  static StoredBypass Bypass() {
    return {.username = Alice(),
            .uid = 1000,
            .since = kSince,
            .until = kSince + std::chrono::hours(1),
            .by_uid = 0,
            .by_name = "root",
            .reason = "lost phone"};
  }
  static NewSecret Secret() {
    return {.username = Alice(),
            .uid = 1000,
            .device = 0,
            .parameters = {},
            .created = kSince,
            .secret = SecretBytes::CopyOf("a secret"),
            .label = {}};
  }
  // Changes the file behind the vault's back.
  void Alter(const std::string& sql) {
    vault_.reset();
    {
      auto database = Database::Open(path());
      ASSERT_TRUE(database);
      ASSERT_TRUE(database->Execute(sql)) << sql;
    }
    vault_.emplace(Open());
  }
  std::size_t Count() { return vault_->LoadBypasses().value().bypasses.size(); }

  TempDirectory directory_;
  std::optional<Vault> vault_ = Open();
};

TEST_F(VaultBypassTest, WhatWasPutIsThereAfterTheNextStart) {
  vault_.reset();
  vault_.emplace(Open());
  const auto loaded = vault_->LoadBypasses().value();
  ASSERT_EQ(loaded.bypasses.size(), 1U);
  EXPECT_TRUE(loaded.refused.empty());
  const StoredBypass& bypass = loaded.bypasses[0];
  EXPECT_EQ(bypass.username.text(), "alice");
  EXPECT_EQ(bypass.uid, 1000U);
  EXPECT_EQ(bypass.since, kSince);
  EXPECT_EQ(bypass.until, kSince + std::chrono::hours(1));
  EXPECT_EQ(bypass.by_name, "root");
  EXPECT_EQ(bypass.reason, "lost phone");
}

TEST_F(VaultBypassTest, RowThatSomebodyChangedIsNoneAndIsNamed) {
  for (const char* change :
       {"until = until + 1", "since = since - 1", "uid = 1001", "username = 'mallory'",
        "by_uid = 7", "reason = 'because'", "by_name = 'nobody'"}) {
    ASSERT_TRUE(vault_->PutBypass(Bypass()));
    Alter(std::string("UPDATE bypasses SET ") + change);
    const auto loaded = vault_->LoadBypasses().value();
    EXPECT_TRUE(loaded.bypasses.empty()) << change;
    EXPECT_EQ(loaded.refused.size(), 1U) << change;
    EXPECT_TRUE(vault_->LoadBypasses().value().refused.empty()) << change;
  }
}

TEST_F(VaultBypassTest, RowThatSomebodyWroteIsNone) {
  Alter(
      "INSERT INTO bypasses SELECT 'bob', 1001, since, until, by_uid, by_name, reason, sealed"
      " FROM bypasses");
  EXPECT_EQ(Count(), 1U);
}

TEST_F(VaultBypassTest, EndedOnceAndForItsOwnEndAlone) {
  EXPECT_FALSE(vault_->EndBypass(Alice(), kSince).value());
  EXPECT_TRUE(vault_->EndBypass(Alice(), kSince + std::chrono::hours(1)).value());
  EXPECT_FALSE(vault_->EndBypass(Alice()).value());
}

TEST_F(VaultBypassTest, NewSecretOrListOfRecoveryCodesEndsIt) {
  ASSERT_TRUE(vault_->PutSecret(Secret()));
  EXPECT_EQ(Count(), 0U);
  ASSERT_TRUE(vault_->PutBypass(Bypass()));
  ASSERT_TRUE(vault_->PutRecoveryCodes(Alice(), 1000, kSince, {}));
  EXPECT_EQ(Count(), 0U);
}

TEST_F(VaultBypassTest, RemovedUserHasNone) {
  ASSERT_TRUE(vault_->RemoveUser(Alice()));
  EXPECT_EQ(Count(), 0U);
}

TEST_F(VaultBypassTest, GoesWithTheUserWhomTheSystemNoLongerKnowsAndNotWithAnotherOfTheName) {
  ASSERT_TRUE(vault_->ForgetUser(Alice(), 2000));
  EXPECT_EQ(Count(), 1U);
  ASSERT_TRUE(vault_->ForgetUser(Alice(), 1000));
  EXPECT_EQ(Count(), 0U);
}

}  // namespace
}  // namespace twofactor
