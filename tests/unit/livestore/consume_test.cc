// A code opens one login, whoever else tries at the same time.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

VerifyOutcome Outcome(const Result<Verification>& verification) {
  EXPECT_TRUE(verification) << verification.error().message();
  return verification->outcome;
}

class ConsumeTest : public testing::Test {
 protected:
  ConsumeTest() { store_.Enroll("alice", 1000, RfcSecret()); }

  VerifyOutcome Try(const SecretBytes& code) { return Outcome(store_.Verify("alice", code)); }

  StoreFixture store_;
};

TEST_F(ConsumeTest, RightCodeIsGrantedOnce) {
  EXPECT_EQ(Try(store_.CodeOf("alice")), VerifyOutcome::kGranted);
  EXPECT_EQ(Try(store_.CodeOf("alice")), VerifyOutcome::kReplayed);
}

TEST_F(ConsumeTest, UsingAStepUsesTheOnesBeforeIt) {
  EXPECT_EQ(Try(store_.CodeOf("alice", 1)), VerifyOutcome::kGranted);
  EXPECT_EQ(Try(store_.CodeOf("alice", 0)), VerifyOutcome::kReplayed);
  EXPECT_EQ(Try(store_.CodeOf("alice", -1)), VerifyOutcome::kReplayed);
}

TEST_F(ConsumeTest, CodesOutsideTheWindowAreWrong) {
  EXPECT_EQ(Try(store_.CodeOf("alice", 2)), VerifyOutcome::kWrong);
  EXPECT_EQ(Try(store_.CodeOf("alice", -2)), VerifyOutcome::kWrong);
}

TEST_F(ConsumeTest, CodeOfTheOldSecretDiesWithTheRenewal) {
  const SecretBytes old_code = store_.CodeOf("alice");
  store_.Enroll("alice", 1000, SecretBytes::CopyOf("a secret that is new"));
  EXPECT_EQ(Try(old_code), VerifyOutcome::kWrong);
  EXPECT_EQ(Try(store_.CodeOf("alice")), VerifyOutcome::kGranted);
}

TEST_F(ConsumeTest, CodeInFlightLosesItsSwapWhenTheSecretIsRenewed) {
  LiveStoreReader reader = store_.Open();
  const auto device = reader.FindDevice(store_.AccountOf("alice").name, 0).value();
  store_.Enroll("alice", 1000, SecretBytes::CopyOf("a secret that is new"));
  const TimeStep step = StepAt(store_.clock.wall, device->parameters.interval);
  EXPECT_EQ(reader.ledger().Consume(device->slot, device->generation, step, store_.clock.wall),
            ConsumeOutcome::kOldGeneration);
}

TEST_F(ConsumeTest, CodeInFlightLosesItsSwapWhenTheFactorIsTakenAway) {
  LiveStoreReader reader = store_.Open();
  const auto device = reader.FindDevice(store_.AccountOf("alice").name, 0).value();
  store_.Unset("alice");
  EXPECT_NE(reader.ledger().Consume(device->slot, device->generation, kMaxTimeStep - 1,
                                    store_.clock.wall),
            ConsumeOutcome::kConsumed);
  EXPECT_EQ(Outcome(store_.Verify("alice", SecretBytes::CopyOf("123456"))),
            VerifyOutcome::kNoFactor);
}

TEST_F(ConsumeTest, RecordThatIsPublishedBeforeItsGenerationIsUsableAndStaysUsed) {
  // As a daemon leaves it that is killed between the two: the verifier raises the word itself.
  LiveStoreReader reader = store_.Open();
  const TimeStep step = StepAt(store_.clock.wall, std::chrono::seconds(30));
  EXPECT_EQ(reader.ledger().Consume(0, 99, step, store_.clock.wall), ConsumeOutcome::kConsumed);
  reader.ledger().PublishGeneration(0, 99, 0);
  EXPECT_EQ(reader.ledger().Consume(0, 99, step, store_.clock.wall), ConsumeOutcome::kAlreadyUsed);
}

TEST_F(ConsumeTest, GrantInALedgerThatWasReplacedIsNone) {
  LiveStoreReader before = store_.Open();
  store_.Restart(/*lose_ledger=*/true);
  const auto verification =
      VerifyCode(before, store_.AccountOf("alice"), store_.CodeOf("alice"), store_.clock);
  ASSERT_FALSE(verification);
  EXPECT_EQ(verification.error().code(), ErrorCode::kUnavailable);
}

TEST_F(ConsumeTest, RightCodesThatWereUsedCostNoTries) {
  const SecretBytes code = store_.CodeOf("alice");
  EXPECT_EQ(Try(code), VerifyOutcome::kGranted);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(Try(code), VerifyOutcome::kReplayed);
  }
}

TEST_F(ConsumeTest, ThrottledCodesAreNotLookedAtUntilTheWaitIsOver) {
  const SecretBytes wrong = SecretBytes::CopyOf("000000");
  for (int i = 0; i < store_.settings.throttle.free_tries; ++i) {
    EXPECT_EQ(Try(wrong), VerifyOutcome::kWrong);
  }
  EXPECT_EQ(Try(store_.CodeOf("alice")), VerifyOutcome::kThrottled);
  store_.clock.Advance(store_.settings.throttle.first_wait);
  EXPECT_EQ(Try(store_.CodeOf("alice")), VerifyOutcome::kGranted);
}

TEST_F(ConsumeTest, OneOfManyThreadsWins) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 200;
  store_.settings.throttle.free_tries = 255;
  store_.publisher().WriteSettings(store_.settings);
  for (int round = 0; round < kRounds; ++round) {
    store_.clock.Advance(std::chrono::seconds(30));
    const SecretBytes code = store_.CodeOf("alice");
    std::atomic<int> granted{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back(
          [this, &code, &granted] { granted += Try(code) == VerifyOutcome::kGranted ? 1 : 0; });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    ASSERT_EQ(granted, 1) << round;
  }
}

TEST_F(ConsumeTest, GuessesInParallelGetNoMoreTriesThanTheFreeOnes) {
  constexpr int kThreads = 8;
  std::atomic<int> looked_at{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this, &looked_at] {
      for (int guess = 0; guess < 50; ++guess) {
        looked_at += Try(SecretBytes::CopyOf("000000")) == VerifyOutcome::kWrong ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(looked_at, store_.settings.throttle.free_tries);
}

}  // namespace
}  // namespace twofactor
