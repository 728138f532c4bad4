// Devices of one user with one secret, in a vault of an older version: a start makes one device of
// them, and wherever it is cut short, a code opens one login.
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "common/livestore/verifier.h"
#include "common/otp/totp.h"
#include "helperd/twofactord/vault/birth_rule.h"
#include "tests/support/store_fixture.h"
#include "tests/unit/start/start_fixture.h"
#include "tests/unit/vault/old_vault.h"

namespace twofactor {
namespace {

constexpr std::chrono::seconds kFreshCode{90};

// Ends the process at a look at it.
class DeadlyClock final : public Clock {
 public:
  DeadlyClock(const Clock& clock, int looks) : clock_(clock), looks_(looks) {}
  WallTime Wall() const override {
    if (looks_-- == 0) {
      _exit(kKilled);
    }
    return clock_.Wall();
  }
  BootTime Boot() const override { return clock_.Boot(); }

  static constexpr int kKilled = 9;

 private:
  const Clock& clock_;
  mutable int looks_;
};

class HealTest : public StartFixture {
 protected:
  Result<OpenedStores> StartAt(const Clock& clock) {
    auto key = TakeKey({KeySource::Kind::kFile, key_file(), key_file()}, state());
    return key ? OpenStores(run(), state(), std::move(*key), config_, clock) : Fail(key.error());
  }
  Vault OpenVault() {
    return std::move(
               Vault::OpenExisting(state().Vault(), VaultKey::Parse(ReadFile(key_file())).value()))
        .value();
  }

  // What an older daemon leaves: two devices with one secret, of which one was used.
  void BeginAsOlder() {
    for (const std::string& directory : {state().directory(), run().directory()}) {
      std::filesystem::remove_all(directory);
      std::filesystem::create_directory(directory);
    }
    std::filesystem::remove(key_file());
    ASSERT_TRUE(StartAt(clock_));
    std::vector<NewSecret> secrets;
    for (const std::uint32_t device : {0U, 1U}) {
      secrets.push_back(SecretOf("alice"));
      secrets.back().device = device;
    }
    MakeVaultOfSchema6(state().Vault(), ReadFile(key_file()), secrets);
    PublishAsOlder();
    clock_.Advance(kFreshCode);
    used_ = CodeNow();
    ASSERT_TRUE(LogIn(used_));
  }
  void PublishAsOlder() {
    auto vault = OpenVault();
    const auto devices = vault.LoadDevices().value();
    ASSERT_TRUE(LiveStorePublisher::Open(run(), LoginSettings{}, devices,
                                         vault.LastGeneration().value(),
                                         VaultBirthRule(clock_, 1, {})));
  }
  SecretBytes CodeNow() const {
    const auto code =
        GenerateTotp(SecretOf("alice").secret, {}, StepAt(clock_.wall, OtpParameters{}.interval));
    return SecretBytes::CopyOf(code->text());
  }
  bool LogIn(const SecretBytes& code) const {
    auto store = LiveStoreReader::Open(run());
    const auto verified = store ? VerifyCode(*store, {Username::Parse("alice").value(), 1000},
                                             TypedCode(code), clock_)
                                : Fail(store.error());
    return verified && verified->outcome == VerifyOutcome::kGranted;
  }

  // A start that is killed at that look at the clock; false where it came to its end.
  bool StartAndKill(int looks) {
    const pid_t child = fork();
    if (child == 0) {
      const DeadlyClock clock(clock_, looks);
      _exit(StartAt(clock) ? 0 : 1);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_TRUE(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == DeadlyClock::kKilled);
    return WEXITSTATUS(status) == DeadlyClock::kKilled;
  }
  // Are the words of both devices closed with generations that the vault has not handed out?
  bool IsBetweenClosingAndCommit() {
    const std::uint32_t last = OpenVault().LastGeneration().value();
    const auto ledger = Ledger::Open(run().Ledger(), geteuid());
    return ledger && ledger->ReadUse(0).generation > last && ledger->ReadUse(1).generation > last;
  }
  void ExpectHealed() {
    const auto stores = StartAt(clock_);
    ASSERT_TRUE(stores) << stores.error().message();
    EXPECT_FALSE(stores->not_merged);
    EXPECT_FALSE(LogIn(used_));
    clock_.Advance(kFreshCode);
    EXPECT_FALSE(LogIn(used_));
    const SecretBytes code = CodeNow();
    EXPECT_TRUE(LogIn(code));
    EXPECT_FALSE(LogIn(code));
    auto store = LiveStoreReader::Open(run());
    EXPECT_EQ(store->FindDevices(Username::Parse("alice").value())->size(), 1U);
  }

  ManualClock clock_;
  SecretBytes used_;
};

TEST_F(HealTest, StartMakesOneDeviceAndTellsWhichWent) {
  BeginAsOlder();
  const auto stores = StartAt(clock_);
  ASSERT_TRUE(stores);
  ASSERT_EQ(stores->merged.size(), 1U);
  EXPECT_EQ(stores->merged[0].username.text(), "alice");
  EXPECT_FALSE(LogIn(used_));
}

TEST_F(HealTest, CodeOpensOneLoginWhereverTheStartIsCutShort) {
  bool between = false;
  int looks = 0;
  for (bool killed = true; killed && !HasFailure(); ++looks) {
    SCOPED_TRACE(looks);
    BeginAsOlder();
    killed = StartAndKill(looks);
    between = between || (killed && IsBetweenClosingAndCommit());
    EXPECT_FALSE(LogIn(used_));
    ExpectHealed();
  }
  EXPECT_TRUE(between);
  EXPECT_GT(looks, 2);
}

// The ledger was made at this boot, and what was used before it is lost.
TEST_F(HealTest, CodeThatWasUsedBeforeTheBootOpensNothingAfterIt) {
  BeginAsOlder();
  std::filesystem::remove(run().Ledger());
  PublishAsOlder();
  EXPECT_FALSE(LogIn(used_));
  ExpectHealed();
}

}  // namespace
}  // namespace twofactor
