// A try at somebody who is not in the store leaves no trace in it: neither a count of wrong codes
// with others, nor a record.
#include <gtest/gtest.h>

#include "common/livestore/tries.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

class NobodyInStoreTest : public testing::Test {
 protected:
  NobodyInStoreTest() { store_.Enroll("alice", 1000, RfcSecret()); }

  layout::FailuresWord Failures() const {
    auto store = store_.Open();
    const auto devices = store.FindDevices(store_.AccountOf("alice").name).value();
    return store.ledger().ReadFailures(devices.front().slot);
  }

  StoreFixture store_;
};

TEST_F(NobodyInStoreTest, AttemptsForAnUnknownUserCountForNobody) {
  const SecretBytes wrong = ParseCode("000000");
  ASSERT_EQ(store_.Verify("alice", wrong)->outcome, VerifyOutcome::kWrong);
  const auto before = Failures();
  auto alices = store_.Open();
  const auto slot = alices.FindDevices(store_.AccountOf("alice").name)->front().slot;
  for (int i = 0, tries = 0; tries < 3; ++i) {
    ASSERT_LT(i, 100'000) << "no name has alice's slot";
    auto store = store_.Open();
    const Account nobody{*Username::Parse("nobody" + std::to_string(i)), 5000};
    if (StandInSlot(store.ledger(), nobody.name) != slot) {
      continue;
    }
    ++tries;
    EXPECT_EQ(VerifyCode(store, nobody, TypedCode(wrong), store_.clock)->outcome,
              VerifyOutcome::kNoFactor);
  }
  EXPECT_EQ(Failures().Pack(), before.Pack());
}

// The word that stands in lies on any page of the ledger, of which a login has only the first.
TEST_F(NobodyInStoreTest, LedgerOfManyPagesHasADecoyForEveryName) {
  for (uid_t i = 0; i < 600; ++i) {
    store_.Enroll("user" + std::to_string(i), 10'000 + i, RfcSecret());
  }
  ASSERT_GT(store_.Open().ledger().slots(), 512U);
  for (int i = 0; i < 20; ++i) {
    auto store = store_.Open();
    const Account nobody{*Username::Parse("nobody" + std::to_string(i)), 5000};
    EXPECT_EQ(VerifyCode(store, nobody, TypedCode(ParseCode("000000")), store_.clock)->outcome,
              VerifyOutcome::kNoFactor);
  }
}

// A name that another uid has the devices of finds them, and none of its own.
TEST_F(NobodyInStoreTest, NameWithAnotherUidIsUnknown) {
  auto store = store_.Open();
  const Account other{*Username::Parse("alice"), 5000};
  EXPECT_EQ(VerifyCode(store, other, TypedCode(ParseCode("000000")), store_.clock)->outcome,
            VerifyOutcome::kNoFactor);
}

TEST_F(NobodyInStoreTest, AttemptThatHasToWaitIsNotCounted) {
  const SecretBytes wrong = ParseCode("000000");
  for (int i = 0; i < store_.settings.throttle.free_tries; ++i) {
    ASSERT_EQ(store_.Verify("alice", wrong)->outcome, VerifyOutcome::kWrong);
  }
  const auto before = Failures();
  EXPECT_EQ(store_.Verify("alice", wrong)->outcome, VerifyOutcome::kThrottled);
  EXPECT_EQ(Failures().Pack(), before.Pack());
}

}  // namespace
}  // namespace twofactor
