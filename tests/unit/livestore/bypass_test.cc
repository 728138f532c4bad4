// A bypass in the records of the live store.
#include <gtest/gtest.h>

#include "common/livestore/store_file.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class BypassTest : public testing::Test {
 protected:
  BypassTest() { store_.Enroll("alice", 1000, RfcSecret()); }

  FactorView View(const std::string& name = "alice") const {
    LiveStoreReader reader = store_.Open();
    return ReadFactor(reader, store_.AccountOf(name), "sshd", store_.clock).value();
  }

  StoreFixture store_;
};

TEST_F(BypassTest, TurnsTheFactorOffForThatUserUntilItsEnd) {
  store_.Enroll("bob", 1001, RfcSecret());
  store_.SetBypass("alice", hours(1));
  EXPECT_EQ(View().state, FactorState::kDisabled);
  EXPECT_EQ(View().off_until, store_.clock.wall + hours(1));
  EXPECT_EQ(View("bob").state, FactorState::kConfigured);
  store_.clock.Advance(hours(1) - seconds(1));
  EXPECT_EQ(View().state, FactorState::kDisabled);
  store_.clock.Advance(seconds(1));
  EXPECT_EQ(View().state, FactorState::kConfigured);
  EXPECT_EQ(View().off_until, std::nullopt);
}

TEST_F(BypassTest, ClockThatIsSetBackMakesItNoLonger) {
  store_.SetBypass("alice", hours(1));
  store_.clock.wall -= hours(5);
  store_.clock.boot += hours(1);
  EXPECT_EQ(View().state, FactorState::kConfigured);
}

TEST_F(BypassTest, ClockThatIsSetForwardEndsIt) {
  store_.SetBypass("alice", hours(1));
  store_.clock.wall += hours(1);
  EXPECT_EQ(View().state, FactorState::kConfigured);
}

TEST_F(BypassTest, LeavesTheSecretAsItIs) {
  store_.SetBypass("alice", hours(1));
  store_.SetBypass("alice", std::nullopt);
  EXPECT_EQ(View().state, FactorState::kConfigured);
  EXPECT_EQ(store_.Verify("alice", store_.CodeOf("alice")).value().outcome,
            VerifyOutcome::kGranted);
}

TEST_F(BypassTest, SurvivesARestart) {
  store_.SetBypass("alice", hours(1));
  store_.Restart();
  EXPECT_EQ(View().state, FactorState::kDisabled);
}

TEST_F(BypassTest, DeviceWithoutItEndsIt) {
  store_.SetBypass("alice", hours(1));
  ASSERT_TRUE(store_.publisher().Publish({.username = Username::Parse("alice").value(),
                                          .uid = 1000,
                                          .device = 1,
                                          .slot = 7,
                                          .generation = 9,
                                          .parameters = {},
                                          .created = store_.clock.wall,
                                          .secret = SecretBytes::CopyOf("another")}));
  EXPECT_EQ(View().state, FactorState::kConfigured);
}

TEST_F(BypassTest, RecordOfAnotherUidGivesNone) {
  store_.SetBypass("alice", hours(1));
  const Account stranger{Username::Parse("alice").value(), 1001};
  LiveStoreReader reader = store_.Open();
  EXPECT_EQ(ReadFactor(reader, stranger, "", store_.clock).value().state, FactorState::kAbsent);
}

TEST_F(BypassTest, RecordsHaveTheirOwnVersionAndTheLedgerKeepsIts) {
  // What an older module does: it knows records of version 2 and asks the daemon about others. An
  // older ledger is kept over the upgrade, so that no login has to wait for a fresh code: see
  // LedgerUpgradeTest.
  EXPECT_EQ(layout::kRecordsVersion, 4U);
  EXPECT_EQ(layout::kLedgerVersion, 3U);
  const layout::FileHeader header{.checksum = 1,
                                  .magic = layout::kRecordsMagic,
                                  .version = layout::kRecordsVersion,
                                  .header_bytes = sizeof(layout::RecordsHeader),
                                  .store_id = 1};
  const auto checked =
      CheckFileHeader(header, {layout::kRecordsMagic, 2, sizeof(layout::RecordsHeader)}, 1);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code(), ErrorCode::kUnknownVersion);
}

}  // namespace
}  // namespace twofactor
