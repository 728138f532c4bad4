// What a daemon makes of the live store that another one left: killed after a commit, or with
// another vault.
#include <gtest/gtest.h>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

class RestartTest : public testing::Test {
 protected:
  RestartTest() { store_.Enroll("alice", 1000, RfcSecret()); }

  VerifyOutcome Try(const std::string& name, const SecretBytes& code) {
    return store_.Verify(name, code).value().outcome;
  }

  StoreFixture store_;
};

SecretBytes OtherSecret() { return SecretBytes::CopyOf("the other secret 20b"); }

TEST_F(RestartTest, KeepsWhatWasUsedAndDelaysNobody) {
  store_.Enroll("bob", 1001, OtherSecret());
  const SecretBytes used = store_.CodeOf("alice");
  EXPECT_EQ(Try("alice", used), VerifyOutcome::kGranted);
  store_.Restart();
  EXPECT_TRUE(store_.publisher().kept_ledger());
  EXPECT_EQ(Try("alice", used), VerifyOutcome::kReplayed);
  EXPECT_EQ(Try("bob", store_.CodeOf("bob")), VerifyOutcome::kGranted);
}

TEST_F(RestartTest, RenewalThatWasOnlyCommittedIsInForceAfterIt) {
  LiveStoreReader prompting = store_.Open();
  const SecretBytes old_code = store_.CodeOf("alice");
  store_.Commit("alice", 1000, OtherSecret());
  store_.Restart();
  EXPECT_TRUE(store_.publisher().kept_ledger());
  EXPECT_EQ(
      VerifyCode(prompting, store_.AccountOf("alice"), TypedCode(old_code), store_.clock)->outcome,
      VerifyOutcome::kWrong);
  EXPECT_EQ(Try("alice", old_code), VerifyOutcome::kWrong);
  EXPECT_EQ(Try("alice", store_.CodeOf("alice")), VerifyOutcome::kGranted);
}

TEST_F(RestartTest, RemovalThatWasOnlyCommittedIsInForceAfterIt) {
  LiveStoreReader prompting = store_.Open();
  const Account alice = store_.AccountOf("alice");
  const SecretBytes old_code = store_.CodeOf("alice");
  store_.CommitRemoval("alice");
  store_.Restart();
  EXPECT_TRUE(store_.publisher().kept_ledger());
  EXPECT_NE(VerifyCode(prompting, alice, TypedCode(old_code), store_.clock)->outcome,
            VerifyOutcome::kGranted);
  EXPECT_EQ(Try("alice", old_code), VerifyOutcome::kNoFactor);
}

TEST_F(RestartTest, SlotOfACommittedRemovalServesTheNextUser) {
  store_.CommitRemoval("alice");
  store_.Restart();
  store_.Enroll("bob", 1001, OtherSecret());
  EXPECT_EQ(Try("bob", store_.CodeOf("bob")), VerifyOutcome::kGranted);
}

TEST_F(RestartTest, UserWhoseSlotWasReassignedIsNotMistakenForItsNewUser) {
  LiveStoreReader prompting = store_.Open();
  const Account alice = store_.AccountOf("alice");
  const SecretBytes old_code = store_.CodeOf("alice");
  store_.Unset("alice");
  store_.Enroll("bob", 1001, OtherSecret());
  const auto verification = VerifyCode(prompting, alice, TypedCode(old_code), store_.clock);
  EXPECT_TRUE(!verification || verification->outcome == VerifyOutcome::kNoFactor);
  EXPECT_EQ(Try("bob", store_.CodeOf("bob")), VerifyOutcome::kGranted);
}

TEST_F(RestartTest, VaultFromABackupIsNotLockedOutByTheLedgerOfTheLaterOne) {
  const SecretBytes used = store_.CodeOf("alice");
  EXPECT_EQ(Try("alice", used), VerifyOutcome::kGranted);
  VaultImage backup = store_.CopyOfVault();
  store_.Enroll("alice", 1000, OtherSecret());
  store_.RestartWith(std::move(backup));
  EXPECT_FALSE(store_.publisher().kept_ledger());
  EXPECT_EQ(Try("alice", used), VerifyOutcome::kBeforeBirth);
  store_.clock.Advance(std::chrono::seconds(60));
  EXPECT_EQ(Try("alice", store_.CodeOf("alice")), VerifyOutcome::kGranted);
}

TEST_F(RestartTest, NewVaultIsNotLockedOutByTheLedgerOfAnEarlierOne) {
  store_.Enroll("alice", 1000, OtherSecret());
  store_.RestartWith({});
  EXPECT_FALSE(store_.publisher().kept_ledger());
  store_.Enroll("bob", 1001, OtherSecret());
  EXPECT_EQ(Try("bob", store_.CodeOf("bob")), VerifyOutcome::kGranted);
}

TEST_F(RestartTest, LedgerOfAVaultWithSomebodyRemovedLastIsKept) {
  store_.Enroll("bob", 1001, OtherSecret());
  store_.Unset("bob");
  store_.Restart();
  EXPECT_TRUE(store_.publisher().kept_ledger());
}

TEST_F(RestartTest, ClockThatWasSetBackDoesNotReopenThePast) {
  const SecretBytes used = store_.CodeOf("alice");
  EXPECT_EQ(Try("alice", used), VerifyOutcome::kGranted);
  const WallTime past = store_.clock.wall;
  store_.clock.Advance(std::chrono::hours(1));
  store_.Restart(/*lose_ledger=*/true);
  store_.clock.wall = past;
  EXPECT_EQ(Try("alice", used), VerifyOutcome::kBeforeBirth);
}

}  // namespace
}  // namespace twofactor
