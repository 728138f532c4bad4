// Devices with one secret, and secrets that come back, as the vault meets them.
#include "helperd/twofactord/vault/equal_secrets.h"

#include <gtest/gtest.h>

#include <optional>

#include "helperd/twofactord/vault/vault.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/vault/old_vault.h"
#include "tests/unit/vault/test_key.h"

namespace twofactor {
namespace {

using std::chrono::seconds;

constexpr WallTime kNow{seconds(1'800'000'000)};
constexpr TimeStep kStep = 60'000'000;

EqualDevice Totp(TimeStep first_step, seconds interval = seconds(30)) {
  return {DeviceKind::kTotp, {OtpAlgorithm::kSha1, 6, interval}, first_step, 0};
}
EqualDevice Hotp(HotpCounter counter) { return {DeviceKind::kHotp, {}, 0, counter}; }

MergedDevice Merge(const std::vector<EqualDevice>& devices) { return MergeEqualDevices(devices); }

TEST(MergeEqualDevicesTest, TheOneThatWasUsedLatestStaysWithTheUsesOfAll) {
  const auto merged = Merge({Totp(5), Totp(kStep), Totp(7)});
  EXPECT_EQ(merged.kept, 1U);
  EXPECT_EQ(merged.first_step, kStep);
  EXPECT_EQ(Merge({Hotp(3), Hotp(9), Hotp(4)}).kept, 1U);
  EXPECT_EQ(Merge({Hotp(3), Hotp(9), Hotp(4)}).counter, 9U);
}

TEST(MergeEqualDevicesTest, OfThoseThatNobodyUsedTheFirstStays) {
  EXPECT_EQ(Merge({Totp(0), Totp(0)}).kept, 0U);
  EXPECT_EQ(Merge({Hotp(0), Totp(0)}).kept, 0U);
}

TEST(MergeEqualDevicesTest, LatestUseIsFoundByItsTimeAndNotByItsStep) {
  const auto merged = Merge({Totp(kStep), Totp(kStep / 2 + 10, seconds(60))});
  EXPECT_EQ(merged.kept, 1U);
  EXPECT_EQ(merged.first_step, kStep / 2 + 10);
}

TEST(MergeEqualDevicesTest, DeviceThatStaysForOneOfOtherStepsHasAPast) {
  EXPECT_FALSE(Merge({Totp(5), Totp(kStep)}).has_past);
  EXPECT_TRUE(Merge({Totp(kStep), Totp(7, seconds(60))}).has_past);
  EXPECT_TRUE(Merge({Totp(kStep), Hotp(1)}).has_past);
}

class Uses final : public UseSource {
 public:
  explicit Uses(WallTime now) : now_(now) {}
  WallTime Now() const override { return now_; }
  TimeStep NextStep(std::uint64_t /*slot*/, std::uint32_t /*generation*/) const override {
    return kStep;
  }

 private:
  WallTime now_;
};

class EqualSecretsInVaultTest : public testing::Test {
 protected:
  EqualSecretsInVaultTest() { Reopen(); }

  void Reopen() {
    vault_.reset();
    vault_.emplace(std::move(Vault::Open(path(), VaultKey::Parse(kKey).value())).value());
  }
  std::string path() const { return directory_ / "vault"; }
  static NewSecret New(std::uint32_t device, const std::string& secret, uid_t uid = 1000) {
    return {.username = Username::Parse("alice").value(),
            .uid = uid,
            .device = device,
            .parameters = {},
            .created = kNow,
            .secret = SecretBytes::CopyOf(secret),
            .label = "label " + std::to_string(device)};
  }
  static NewSecret NewToken(std::uint32_t device, const std::string& secret, HotpCounter counter) {
    NewSecret token = New(device, secret);
    token.kind = DeviceKind::kHotp;
    token.counter = counter;
    return token;
  }
  template <typename... Secrets>
  static std::vector<NewSecret> AllOf(Secrets... secrets) {
    std::vector<NewSecret> all;
    (all.push_back(std::move(secrets)), ...);
    return all;
  }
  std::vector<std::string> Labels() {
    std::vector<std::string> labels;
    const auto devices = vault_->ReadDevices(alice_, 1000).value();
    for (const DeviceInfo& device : devices) {
      labels.push_back(device.label);
    }
    return labels;
  }
  void MakeOld(const std::vector<NewSecret>& secrets) {
    ASSERT_TRUE(vault_->NoteSeen(kNow));
    vault_.reset();
    MakeVaultOfSchema6(path(), kKey, secrets);
    Reopen();
  }
  Result<std::vector<MergedSecret>> Heal(std::vector<TimeStep> used = {}) {
    std::size_t next = 0;
    return vault_->MergeEqualSecrets(
        [used, next](std::uint64_t, std::uint32_t, std::uint32_t) mutable -> TimeStep {
          return next < used.size() ? used[next++] : 0;
        });
  }

  const Username alice_ = Username::Parse("alice").value();
  TempDirectory directory_;
  std::optional<Vault> vault_;
};

TEST_F(EqualSecretsInVaultTest, SecretThatAnotherDeviceHasIsRefusedWithBothLabels) {
  ASSERT_TRUE(vault_->PutSecret(New(0, "one secret")));
  for (const auto kind : {DeviceKind::kTotp, DeviceKind::kHotp}) {
    NewSecret again = New(1, std::string("one secret") + '\0');
    again.kind = kind;
    again.parameters.digits = 8;
    const auto refused = vault_->PutSecret(again);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kConflict);
    EXPECT_NE(refused.error().message().find("'label 0'"), std::string::npos);
    EXPECT_NE(refused.error().message().find("'label 1'"), std::string::npos);
    EXPECT_EQ(refused.error().message().find("one secret"), std::string::npos);
  }
  EXPECT_TRUE(vault_->PutSecret(New(0, "one secret")));
  EXPECT_TRUE(vault_->PutSecret(New(1, "another")));
}

TEST_F(EqualSecretsInVaultTest, OldVaultIsHealedOnceAndStaysSo) {
  MakeOld(
      AllOf(New(0, "one secret"), New(1, "one secret"), New(2, "another"), New(3, "one secret")));
  ASSERT_EQ(Labels().size(), 4U);
  const auto merged = Heal({5, kStep, 0});
  ASSERT_TRUE(merged) << merged.error().message();
  ASSERT_EQ(merged->size(), 2U);
  EXPECT_EQ((*merged)[0].removed, "label 0");
  EXPECT_EQ((*merged)[1].removed, "label 3");
  EXPECT_EQ((*merged)[0].kept, "label 1");
  Reopen();
  EXPECT_EQ(Labels(), (std::vector<std::string>{"label 1", "label 2"}));
  const auto devices = vault_->LoadDevices().value();
  EXPECT_EQ(devices[0].first_step, kStep);
  EXPECT_GT(devices[0].generation, devices[1].generation);
  EXPECT_TRUE(Heal()->empty());
}

TEST_F(EqualSecretsInVaultTest, HealedCounterIsTheHigherOneAndOfTwoKindsTheOneThatWasUsedStays) {
  MakeOld(AllOf(NewToken(0, "one secret", 4), NewToken(1, "one secret", 9), New(2, "mixed"),
                NewToken(3, "mixed", 7)));
  ASSERT_EQ(Heal({0, 0, kStep, 0})->size(), 2U);
  EXPECT_EQ(Labels(), (std::vector<std::string>{"label 1", "label 2"}));
  EXPECT_EQ(vault_->CounterOfSecret(alice_, SecretBytes::CopyOf("one secret")).value(), 9U);
  EXPECT_EQ(vault_->LoadDevices().value()[1].first_step, kStep);
}

TEST_F(EqualSecretsInVaultTest, UsersOfOneNameWithOtherUidsAreOthers) {
  MakeOld(AllOf(New(0, "one secret"), New(1, "one secret", 2000)));
  EXPECT_TRUE(Heal()->empty());
}

TEST_F(EqualSecretsInVaultTest, SecretThatComesBackGoesOnWhereItWas) {
  vault_->AskUses(std::make_unique<Uses>(kNow));
  ASSERT_TRUE(vault_->PutSecret(New(0, "phone")));
  ASSERT_TRUE(vault_->PutSecret(NewToken(1, "token", 42)));
  ASSERT_TRUE(vault_->RemoveUser(alice_));
  Reopen();
  EXPECT_EQ(vault_->PutSecret(New(3, "phone"))->first_step, kStep);
  ASSERT_TRUE(vault_->PutSecret(NewToken(4, "token", 3)));
  EXPECT_EQ(vault_->CounterOfSecret(alice_, SecretBytes::CopyOf("token")).value(), 42U);
  // Steps of another length are others, and so are those of another secret and user.
  NewSecret longer = New(3, "phone");
  longer.parameters.interval = seconds(60);
  EXPECT_EQ(vault_->PutSecret(longer)->first_step, 0U);
  EXPECT_EQ(vault_->PutSecret(New(5, "other"))->first_step, 0U);
}

TEST_F(EqualSecretsInVaultTest, NoSecretThatWasGivenUpIsInTheFile) {
  ASSERT_TRUE(vault_->PutSecret(New(0, "a secret of twenty b")));
  ASSERT_TRUE(vault_->RemoveUser(alice_));
  vault_.reset();
  EXPECT_EQ((ReadFile(path()) + ReadFile(path() + "-wal")).find("a secret of"), std::string::npos);
}

TEST_F(EqualSecretsInVaultTest, PastUsesSurviveAChangeOfTheKey) {
  ASSERT_TRUE(vault_->PutSecret(NewToken(0, "token", 42)));
  ASSERT_TRUE(vault_->RemoveUser(alice_));
  const auto started = vault_->StartRekey(VaultKey::Parse(kKey).value());
  ASSERT_TRUE(started);
  ASSERT_TRUE(vault_->MoveSeals({}, 100));
  ASSERT_TRUE(vault_->FinishRekey(started->key));
  EXPECT_EQ(vault_->CounterOfSecret(alice_, SecretBytes::CopyOf("token")).value(), 42U);
}

TEST_F(EqualSecretsInVaultTest, SoManyAreRememberedAndThatOthersWereIsKnown) {
  vault_->AskUses(std::make_unique<Uses>(kNow));
  EXPECT_EQ(vault_->UsesKnownSince(alice_).value(), WallTime{});
  for (std::size_t i = 0; i <= kMaxPastSecrets; ++i) {
    ASSERT_TRUE(vault_->PutSecret(NewToken(0, "token " + std::to_string(i), 9)));
  }
  const auto counter = [this](std::size_t token) {
    return vault_->CounterOfSecret(alice_, SecretBytes::CopyOf("token " + std::to_string(token)))
        .value();
  };
  EXPECT_EQ(counter(0), 9U);
  EXPECT_EQ(vault_->UsesKnownSince(alice_).value(), WallTime{});
  ASSERT_TRUE(vault_->RemoveUser(alice_));
  EXPECT_EQ(counter(0), std::nullopt);
  EXPECT_EQ(counter(1), 9U);
  EXPECT_EQ(vault_->UsesKnownSince(alice_).value(), kNow + seconds(1));
  EXPECT_EQ(vault_->UsesKnownSince(Username::Parse("bob").value()).value(), WallTime{});
}

TEST_F(EqualSecretsInVaultTest, SoManyRecoveryCodesAreRememberedAndThatOthersWereIsKnown) {
  vault_->AskUses(std::make_unique<Uses>(kNow));
  std::vector<SecretBytes> codes;
  for (std::size_t i = 0; i < kMaxPastCodes; ++i) {
    codes.push_back(SecretBytes::CopyOf(std::to_string(10'000'000 + i)));
  }
  const auto put = [this](const std::vector<SecretBytes>& list) {
    return vault_->PutRecoveryCodes(alice_, 1000, kNow, list).has_value();
  };
  std::vector<SecretBytes> one;
  one.push_back(SecretBytes::CopyOf("99999999"));
  ASSERT_TRUE(put(codes));
  ASSERT_TRUE(put(one));
  EXPECT_EQ(vault_->UsesKnownSince(alice_).value(), WallTime{});
  EXPECT_TRUE(vault_->LeftOfCodes(alice_, codes)->empty());
  ASSERT_TRUE(put({}));
  EXPECT_EQ(vault_->UsesKnownSince(alice_).value(), kNow + seconds(1));
}

TEST_F(EqualSecretsInVaultTest, OfBackupsThatWereBegunHereTheOrderTellsAndOfOthersTheDate) {
  const auto knows = [this](const std::string& id, WallTime created) {
    return vault_->KnowsUsesSince(alice_, BackupMark{id, created}).value();
  };
  vault_->AskUses(std::make_unique<Uses>(kNow));
  ASSERT_TRUE(vault_->NoteBackup("before"));
  EXPECT_TRUE(knows("before", {}));
  for (std::size_t i = 0; i <= kMaxPastSecrets; ++i) {
    ASSERT_TRUE(vault_->PutSecret(NewToken(0, "token " + std::to_string(i), 9)));
  }
  ASSERT_TRUE(vault_->RemoveUser(alice_));
  ASSERT_TRUE(vault_->NoteBackup("after"));
  vault_->AskUses(std::make_unique<Uses>(kNow + seconds(10)));
  EXPECT_FALSE(knows("before", kNow + seconds(5)));
  EXPECT_TRUE(knows("after", kNow - seconds(5)));
  EXPECT_TRUE(knows("another's", kNow + seconds(1)));
  EXPECT_FALSE(knows("another's", kNow));
  EXPECT_FALSE(knows("another's", kNow + seconds(11)));
  for (std::size_t i = 1; i <= kMaxOwnBackups; ++i) {
    EXPECT_TRUE(knows("after", {}));
    ASSERT_TRUE(vault_->NoteBackup("nightly " + std::to_string(i)));
  }
  EXPECT_FALSE(knows("after", {}));
  EXPECT_TRUE(knows("nightly 1", {}));
}

TEST_F(EqualSecretsInVaultTest, OldVaultKnowsSinceWhenItKnowsWhatWasUsed) {
  MakeOld(AllOf(New(0, "phone")));
  EXPECT_EQ(vault_->UsesKnownSince(alice_).value(), kNow + seconds(60));
}

TEST_F(EqualSecretsInVaultTest, OldVaultWhoseClockWasAheadKnowsSinceThatWasSetBack) {
  MakeOld(AllOf(New(0, "phone")));
  vault_->AskUses(std::make_unique<Uses>(kNow - seconds(3600)));
  ASSERT_TRUE(vault_->NoteSeen(kNow - seconds(3600)));
  EXPECT_EQ(vault_->UsesKnownSince(alice_).value(), kNow - seconds(3599));
  // Where the clock is behind now, and was not ahead, that was no reason to know more.
  vault_->AskUses(std::make_unique<Uses>(kNow));
  EXPECT_EQ(vault_->UsesKnownSince(alice_).value(), kNow + seconds(60));
}

TEST_F(EqualSecretsInVaultTest, RecoveryCodesThatWereUsedOrReplacedAreKnown) {
  const auto codes = [](std::initializer_list<const char*> texts) {
    std::vector<SecretBytes> all;
    for (const char* text : texts) {
      all.push_back(SecretBytes::CopyOf(text));
    }
    return all;
  };
  ASSERT_TRUE(vault_->PutRecoveryCodes(alice_, 1000, kNow, codes({"11111111", "22222222"})));
  ASSERT_TRUE(*vault_->ConsumeRecoveryCode(alice_, 1000, SecretBytes::CopyOf("11111111")));
  const auto left = [&] {
    std::string all;
    const auto unused = vault_->LeftOfCodes(alice_, codes({"11111111", "22222222", "33333333"}));
    for (const SecretBytes& code : *unused) {
      all += code.text().substr(0, 1);
    }
    return all;
  };
  EXPECT_EQ(left(), "23");
  ASSERT_TRUE(vault_->RemoveUser(alice_));
  EXPECT_EQ(left(), "23");
  ASSERT_TRUE(vault_->PutRecoveryCodes(alice_, 1000, kNow, codes({"22222222"})));
  ASSERT_TRUE(vault_->PutRecoveryCodes(alice_, 1000, kNow, codes({"44444444"})));
  EXPECT_EQ(left(), "3");
}

}  // namespace
}  // namespace twofactor
