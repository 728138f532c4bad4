// After a reboot no code is accepted that may have been used before it.
#include <gtest/gtest.h>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

class BirthTest : public testing::TestWithParam<int> {};

TEST_P(BirthTest, NoStepThatCouldHaveBeenUsedBeforeTheBirthIsAccepted) {
  LoginSettings settings;
  settings.window = GetParam();
  settings.throttle.free_tries = 255;
  StoreFixture store(settings);
  store.Enroll("alice", 1000, RfcSecret());
  store.Restart(/*lose_ledger=*/true);
  for (int step = -settings.window; step <= settings.window; ++step) {
    const auto verification = store.Verify("alice", store.CodeOf("alice", step)).value();
    EXPECT_EQ(verification.outcome, VerifyOutcome::kBeforeBirth) << step;
  }
}

TEST_P(BirthTest, FirstCodeAfterTheReportedWaitIsAccepted) {
  LoginSettings settings;
  settings.window = GetParam();
  StoreFixture store(settings);
  store.Enroll("alice", 1000, RfcSecret());
  store.Restart(/*lose_ledger=*/true);
  const auto refused = store.Verify("alice", store.CodeOf("alice")).value();
  ASSERT_EQ(refused.outcome, VerifyOutcome::kBeforeBirth);
  store.clock.Advance(refused.wait - std::chrono::seconds(1));
  EXPECT_EQ(store.Verify("alice", store.CodeOf("alice")).value().outcome,
            VerifyOutcome::kBeforeBirth);
  store.clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(store.Verify("alice", store.CodeOf("alice")).value().outcome, VerifyOutcome::kGranted);
}

INSTANTIATE_TEST_SUITE_P(EveryWindow, BirthTest, testing::Range(0, kMaxWindow + 1));

TEST(NewSecretTest, IsUsableAtOnceAfterAReboot) {
  StoreFixture store;
  store.Enroll("alice", 1000, RfcSecret());
  store.Restart(/*lose_ledger=*/true);
  store.Enroll("alice", 1000, SecretBytes::CopyOf("a secret that is new"));
  EXPECT_EQ(store.Verify("alice", store.CodeOf("alice")).value().outcome, VerifyOutcome::kGranted);
}

}  // namespace
}  // namespace twofactor
