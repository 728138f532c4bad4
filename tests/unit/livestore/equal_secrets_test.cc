// Devices of one user with one secret, as daemons of before it was refused have published them: a
// code of it opens one login all the same.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "common/otp/totp.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

class EqualSecretsInStoreTest : public testing::Test {
 protected:
  EqualSecretsInStoreTest() { store_.Enroll("alice", 1000, RfcSecret()); }

  VerifyOutcome Try(const SecretBytes& code) {
    const auto verification = store_.Verify("alice", code);
    EXPECT_TRUE(verification);
    return verification->outcome;
  }
  SecretBytes Code(int steps = 0) { return store_.CodeOf("alice", steps); }

  StoreFixture store_;
};

TEST_F(EqualSecretsInStoreTest, CodeIsGrantedOnceAndThenReplayed) {
  store_.AddDevice("alice", 1, RfcSecret());
  store_.AddDevice("alice", 2, RfcSecret());
  EXPECT_EQ(Try(Code()), VerifyOutcome::kGranted);
  EXPECT_EQ(Try(Code()), VerifyOutcome::kReplayed);
  EXPECT_EQ(Try(Code()), VerifyOutcome::kReplayed);
  EXPECT_EQ(Try(Code(1)), VerifyOutcome::kGranted);
  EXPECT_EQ(Try(Code(1)), VerifyOutcome::kReplayed);
}

// What the first device's window takes no longer, the second one's does.
TEST_F(EqualSecretsInStoreTest, CodeIsGrantedOnceIfTheClocksOfTheTwoDiffer) {
  store_.AddDevice("alice", 1, RfcSecret(), {}, -3);
  const SecretBytes code = Code();
  EXPECT_EQ(Try(code), VerifyOutcome::kGranted);
  for (int step = 0; step < 6; ++step) {
    store_.clock.Advance(std::chrono::seconds(30));
    EXPECT_NE(Try(code), VerifyOutcome::kGranted) << step;
  }
}

TEST_F(EqualSecretsInStoreTest, LongerCodeOfAStepThatWasUsedIsReplayedToo) {
  const OtpParameters longer{OtpAlgorithm::kSha1, 8, std::chrono::seconds(30)};
  store_.AddDevice("alice", 1, RfcSecret(), longer);
  EXPECT_EQ(Try(Code()), VerifyOutcome::kGranted);
  const TimeStep step = StepAt(store_.clock.wall, longer.interval);
  EXPECT_EQ(Try(GenerateTotp(RfcSecret(), longer, step).value()), VerifyOutcome::kReplayed);
}

TEST_F(EqualSecretsInStoreTest, DeviceWithAnotherSecretIsNotTouched) {
  const SecretBytes other = SecretBytes::CopyOf("another secret of 20");
  store_.AddDevice("alice", 1, other);
  EXPECT_EQ(Try(Code()), VerifyOutcome::kGranted);
  const TimeStep step = StepAt(store_.clock.wall, std::chrono::seconds(30));
  EXPECT_EQ(Try(GenerateTotp(other, {}, step).value()), VerifyOutcome::kGranted);
}

TEST_F(EqualSecretsInStoreTest, OfManyLoginsAtOnceOneWins) {
  store_.AddDevice("alice", 1, RfcSecret());
  store_.AddDevice("alice", 2, RfcSecret(), {}, 1);
  for (int round = 0; round < 20; ++round) {
    store_.clock.Advance(std::chrono::minutes(2));
    const SecretBytes code = Code();
    std::atomic<int> granted{0};
    std::vector<std::thread> logins;
    logins.reserve(8);
    for (int i = 0; i < 8; ++i) {
      logins.emplace_back([&] {
        const auto verification = store_.Verify("alice", code);
        granted += verification && verification->outcome == VerifyOutcome::kGranted ? 1 : 0;
      });
    }
    for (std::thread& login : logins) {
      login.join();
    }
    EXPECT_EQ(granted, 1);
  }
}

}  // namespace
}  // namespace twofactor
