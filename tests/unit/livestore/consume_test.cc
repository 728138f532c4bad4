// A code opens one login, whoever else tries at the same time.
#include <gtest/gtest.h>

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
  const auto device = reader.FindDevices(store_.AccountOf("alice").name).value();
  store_.Enroll("alice", 1000, SecretBytes::CopyOf("a secret that is new"));
  const TimeStep step = StepAt(store_.clock.wall, device[0].parameters.interval);
  EXPECT_EQ(reader.ledger().Consume(device[0].slot, device[0].generation, step, store_.clock.wall),
            ConsumeOutcome::kOldGeneration);
}

TEST_F(ConsumeTest, CodeInFlightLosesItsSwapWhenTheFactorIsRemoved) {
  LiveStoreReader reader = store_.Open();
  const auto device = reader.FindDevices(store_.AccountOf("alice").name).value();
  store_.Unset("alice");
  EXPECT_NE(reader.ledger().Consume(device[0].slot, device[0].generation, kMaxTimeStep - 1,
                                    store_.clock.wall),
            ConsumeOutcome::kConsumed);
  EXPECT_EQ(Outcome(store_.Verify("alice", SecretBytes::CopyOf("123456"))),
            VerifyOutcome::kNoFactor);
}

TEST_F(ConsumeTest, RecordThatIsPublishedBeforeItsGenerationIsUsableAndStaysUsed) {
  // As a daemon leaves it that is killed between the two: the verifier raises the word itself.
  LiveStoreReader reader = store_.Open();
  ASSERT_TRUE(reader.ledger().Reach(0));
  const TimeStep step = StepAt(store_.clock.wall, std::chrono::seconds(30));
  EXPECT_EQ(reader.ledger().Consume(0, 99, step, store_.clock.wall), ConsumeOutcome::kConsumed);
  reader.ledger().PublishGeneration(0, 99, 0);
  EXPECT_EQ(reader.ledger().Consume(0, 99, step, store_.clock.wall), ConsumeOutcome::kAlreadyUsed);
}

TEST_F(ConsumeTest, GrantInAReplacedLedgerDoesNotCount) {
  LiveStoreReader before = store_.Open();
  store_.Restart(/*lose_ledger=*/true);
  const auto verification = VerifyCode(before, store_.AccountOf("alice"),
                                       TypedCode(store_.CodeOf("alice")), store_.clock);
  ASSERT_FALSE(verification);
  EXPECT_EQ(verification.error().code(), ErrorCode::kUnavailable);
}

TEST_F(ConsumeTest, RightCodesThatWereUsedCostNoAttempts) {
  const SecretBytes code = store_.CodeOf("alice");
  EXPECT_EQ(Try(code), VerifyOutcome::kGranted);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(Try(code), VerifyOutcome::kReplayed);
  }
}

TEST_F(ConsumeTest, ThrottledCodesAreNotCheckedUntilTheWaitIsOver) {
  const SecretBytes wrong = SecretBytes::CopyOf("000000");
  for (int i = 0; i < store_.settings.throttle.free_tries; ++i) {
    EXPECT_EQ(Try(wrong), VerifyOutcome::kWrong);
  }
  EXPECT_EQ(Try(store_.CodeOf("alice")), VerifyOutcome::kThrottled);
  store_.clock.Advance(store_.settings.throttle.first_wait);
  EXPECT_EQ(Try(store_.CodeOf("alice")), VerifyOutcome::kGranted);
}

TEST_F(ConsumeTest, RightCodeForgetsTheWrongOnesBeforeIt) {
  const SecretBytes wrong = SecretBytes::CopyOf("000000");
  for (int round = 0; round < 3; ++round) {
    store_.clock.Advance(std::chrono::seconds(30));
    for (int i = 1; i < store_.settings.throttle.free_tries; ++i) {
      EXPECT_EQ(Try(wrong), VerifyOutcome::kWrong);
    }
    EXPECT_EQ(Try(store_.CodeOf("alice")), VerifyOutcome::kGranted);
  }
}

TEST_F(ConsumeTest, UsedCodeIsRefusedAfterTheClockWasSetBack) {
  const SecretBytes used = store_.CodeOf("alice");
  store_.clock.Advance(std::chrono::seconds(30));
  EXPECT_EQ(Try(store_.CodeOf("alice")), VerifyOutcome::kGranted);
  store_.clock.wall -= std::chrono::seconds(30);
  EXPECT_EQ(Try(used), VerifyOutcome::kReplayed);
}

TEST_F(ConsumeTest, UidThatIsNotTheRecordsHasNoFactor) {
  LiveStoreReader store = store_.Open();
  const Account another{store_.AccountOf("alice").name, 1001};
  EXPECT_EQ(Outcome(VerifyCode(store, another, TypedCode(store_.CodeOf("alice")), store_.clock)),
            VerifyOutcome::kNoFactor);
}

TEST_F(ConsumeTest, CallerNarrowsTheWindowAndDoesNotWidenIt) {
  LiveStoreReader store = store_.Open();
  const Account alice = store_.AccountOf("alice");
  EXPECT_EQ(Outcome(VerifyCode(store, alice, TypedCode(store_.CodeOf("alice", 1)), store_.clock,
                               {.window = 0})),
            VerifyOutcome::kWrong);
  EXPECT_EQ(Outcome(VerifyCode(store, alice, TypedCode(store_.CodeOf("alice", 2)), store_.clock,
                               {.window = 10})),
            VerifyOutcome::kWrong);
  EXPECT_EQ(Outcome(VerifyCode(store, alice, TypedCode(store_.CodeOf("alice", 1)), store_.clock,
                               {.window = 10})),
            VerifyOutcome::kGranted);
}

}  // namespace
}  // namespace twofactor
