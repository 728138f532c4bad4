// The words of the ledger, and the words' way through both ends of their ranges.
#include "common/livestore/ledger.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

constexpr WallTime kNow{std::chrono::seconds(1'800'000'000)};
constexpr std::uint64_t kSlot = 5;

class LedgerTest : public testing::Test {
 protected:
  ConsumeOutcome Consume(std::uint32_t generation, TimeStep step) {
    return ledger_.Consume(kSlot, generation, step, kNow);
  }

  StoreFixture store_;
  Ledger ledger_ = Ledger::Open(store_.paths().Ledger(), geteuid()).value();
};

TEST(UseWordTest, PackingRoundTripsAtBothEndsOfItsRanges) {
  for (const std::uint32_t generation : {0U, 1U, 0xFFFFFFFFU}) {
    for (const TimeStep step : {TimeStep{0}, TimeStep{1}, kMaxTimeStep}) {
      for (const bool from_birth : {false, true}) {
        const layout::UseWord word{generation, step, from_birth};
        const auto same = layout::UseWord::Unpack(word.Pack());
        EXPECT_EQ(same.generation, generation);
        EXPECT_EQ(same.next_step, step);
        EXPECT_EQ(same.from_birth, from_birth);
      }
    }
  }
}

TEST_F(LedgerTest, StepsAreConsumedUpwards) {
  EXPECT_EQ(Consume(1, 0), ConsumeOutcome::kConsumed);
  EXPECT_EQ(Consume(1, 0), ConsumeOutcome::kAlreadyUsed);
  EXPECT_EQ(Consume(1, 2), ConsumeOutcome::kConsumed);
  EXPECT_EQ(Consume(1, 1), ConsumeOutcome::kAlreadyUsed);
  EXPECT_EQ(Consume(1, 3), ConsumeOutcome::kConsumed);
}

TEST_F(LedgerTest, LastStepIsConsumedAndDoesNotSetTheFromBirthBit) {
  const TimeStep last = StepAt(WallTime::max(), std::chrono::seconds(5)) + kMaxWindow;
  EXPECT_EQ(Consume(1, last), ConsumeOutcome::kConsumed);
  EXPECT_EQ(Consume(1, last), ConsumeOutcome::kAlreadyUsed);
}

TEST_F(LedgerTest, LastGenerationIsLikeAnyOther) {
  ledger_.PublishGeneration(kSlot, 0xFFFFFFFFU, 7);
  EXPECT_EQ(Consume(0xFFFFFFFEU, 100), ConsumeOutcome::kOldGeneration);
  EXPECT_EQ(Consume(0xFFFFFFFFU, 6), ConsumeOutcome::kAlreadyUsed);
  EXPECT_EQ(Consume(0xFFFFFFFFU, 7), ConsumeOutcome::kConsumed);
}

TEST_F(LedgerTest, GenerationIsNeverLoweredNorItsUsesForgotten) {
  ledger_.PublishGeneration(kSlot, 9, 0);
  EXPECT_EQ(Consume(9, 50), ConsumeOutcome::kConsumed);
  ledger_.PublishGeneration(kSlot, 8, 0);
  ledger_.PublishGeneration(kSlot, 9, 0);
  EXPECT_EQ(ledger_.ReadUse(kSlot).generation, 9U);
  EXPECT_EQ(Consume(9, 50), ConsumeOutcome::kAlreadyUsed);
}

TEST_F(LedgerTest, NewGenerationIsCountedFromItsOwnFirstStepAndWithoutFailures) {
  ASSERT_TRUE(ledger_.SwapFailures(kSlot, {0, 0}, {7, 1000}));
  ledger_.PublishGeneration(kSlot, 2, 60);
  EXPECT_EQ(ledger_.ReadFailures(kSlot).count, 0);
  EXPECT_EQ(Consume(2, 59), ConsumeOutcome::kAlreadyUsed);
  EXPECT_EQ(Consume(2, 60), ConsumeOutcome::kConsumed);
}

TEST_F(LedgerTest, EpochIsBegunAgainForASlotOfWhichNothingWasConsumed) {
  ledger_.PublishGeneration(kSlot, 2, 1000, /*from_birth=*/true);
  EXPECT_EQ(Consume(2, 999), ConsumeOutcome::kBeforeBirth);
  EXPECT_TRUE(ledger_.BeginAgain(kSlot, 2, 60));
  EXPECT_EQ(Consume(2, 59), ConsumeOutcome::kBeforeBirth);
  EXPECT_EQ(Consume(2, 60), ConsumeOutcome::kConsumed);
}

TEST_F(LedgerTest, EpochIsNotBegunAgainForASlotThatWasUsedNorForAnotherGeneration) {
  ledger_.PublishGeneration(kSlot, 2, 1000, /*from_birth=*/true);
  EXPECT_FALSE(ledger_.BeginAgain(kSlot, 1, 60));
  EXPECT_FALSE(ledger_.BeginAgain(kSlot, 3, 60));
  EXPECT_EQ(Consume(2, 1000), ConsumeOutcome::kConsumed);
  EXPECT_FALSE(ledger_.BeginAgain(kSlot, 2, 60));
  EXPECT_EQ(Consume(2, 1000), ConsumeOutcome::kAlreadyUsed);
  ledger_.PublishGeneration(kSlot, 3, 0);
  EXPECT_FALSE(ledger_.BeginAgain(kSlot, 3, 60));
  EXPECT_EQ(Consume(3, 1), ConsumeOutcome::kConsumed);
}

TEST_F(LedgerTest, ReopenedSlotTakesAUsedStepOnceMoreAndNoOtherIsLowered) {
  ledger_.PublishGeneration(kSlot, 2, 0);
  EXPECT_EQ(Consume(2, 1000), ConsumeOutcome::kConsumed);
  EXPECT_FALSE(ledger_.Reopen(kSlot, 1, 60));
  EXPECT_FALSE(ledger_.Reopen(kSlot, 2, 1001));
  EXPECT_TRUE(ledger_.Reopen(kSlot, 2, 60));
  EXPECT_EQ(Consume(2, 59), ConsumeOutcome::kBeforeBirth);
  EXPECT_EQ(Consume(2, 1000), ConsumeOutcome::kConsumed);
  EXPECT_EQ(Consume(2, 1000), ConsumeOutcome::kAlreadyUsed);
}

TEST_F(LedgerTest, EpochThatIsBegunAgainBeganThen) {
  EXPECT_EQ(ledger_.birth(), store_.clock.wall);
  ledger_.SetBegunAgain(kNow - std::chrono::hours(2));
  EXPECT_EQ(ledger_.birth(), kNow - std::chrono::hours(2));
}

TEST_F(LedgerTest, FutureUseIsForgottenSoThatTheNextOneShows) {
  EXPECT_EQ(Consume(1, 0), ConsumeOutcome::kConsumed);
  ledger_.ForgetLaterUse(kNow + std::chrono::seconds(1));
  EXPECT_EQ(ledger_.LatestUse(), kNow);
  ledger_.ForgetLaterUse(kNow - std::chrono::seconds(9));
  EXPECT_EQ(ledger_.LatestUse(), kNow - std::chrono::seconds(9));
}

TEST_F(LedgerTest, RetiredSlotTakesNothingUntilItHasANewGeneration) {
  ledger_.PublishGeneration(kSlot, 3, 0);
  ledger_.Retire(kSlot);
  EXPECT_EQ(Consume(3, kMaxTimeStep - 1), ConsumeOutcome::kAlreadyUsed);
  ledger_.PublishGeneration(kSlot, 4, 0);
  EXPECT_EQ(Consume(4, 1), ConsumeOutcome::kConsumed);
}

TEST_F(LedgerTest, RetiringAnUnusedSlotChangesNothing) {
  ledger_.Retire(kSlot);
  EXPECT_EQ(ledger_.ReadUse(kSlot).Pack(), 0U);
}

TEST_F(LedgerTest, FailuresAreSwappedOnlyFromTheExpectedWord) {
  EXPECT_TRUE(ledger_.SwapFailures(kSlot, {0, 0}, {1, 10}));
  EXPECT_FALSE(ledger_.SwapFailures(kSlot, {0, 0}, {1, 20}));
  EXPECT_EQ(ledger_.ReadFailures(kSlot).last_try, 10U);
}

TEST_F(LedgerTest, RemembersTheLatestUseAndNotTheLast) {
  EXPECT_EQ(ledger_.LatestUse(), WallTime{});
  ledger_.Consume(kSlot, 1, 1, kNow);
  ledger_.Consume(kSlot, 1, 2, kNow - std::chrono::seconds(100));
  EXPECT_EQ(ledger_.LatestUse(), kNow);
}

TEST_F(LedgerTest, NeighborsAreNotTouched) {
  EXPECT_EQ(Consume(1, 100), ConsumeOutcome::kConsumed);
  EXPECT_EQ(ledger_.ReadUse(kSlot - 1).Pack(), 0U);
  EXPECT_EQ(ledger_.ReadUse(kSlot + 1).Pack(), 0U);
}

}  // namespace
}  // namespace twofactor
