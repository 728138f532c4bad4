// A daemon that is upgraded from one whose ledger had one word of failures a device: no code that
// was used is good again, and nobody waits.
#include "helperd/twofactord/livestore/ledger_upgrade.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>

#include "common/livestore/store_file.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

class LedgerUpgradeTest : public testing::Test {
 protected:
  LedgerUpgradeTest() {
    store_.Enroll("alice", 1000, RfcSecret());
    store_.Enroll("bob", 1001, RfcSecret());
  }

  // Writes the ledger as the former version had it: its header's version, and 16 bytes a slot.
  void MakeFormer() {
    std::string bytes = ReadFile(store_.paths().Ledger());
    std::string former = bytes.substr(0, layout::kHeaderPageBytes);
    for (std::size_t at = former.size(); at < bytes.size(); at += sizeof(layout::LedgerWords)) {
      former += bytes.substr(at, 16);
    }
    std::memcpy(&former[16], &kLedgerVersionOfOneBudget, sizeof kLedgerVersionOfOneBudget);
    const void* fixed = &former[8];
    const std::uint64_t checksum = layout::Checksum(
        0, {static_cast<const std::uint8_t*>(fixed), layout::kLedgerFixedBytes - 8});
    std::memcpy(former.data(), &checksum, sizeof checksum);
    WriteFile(store_.paths().Ledger(), former);
  }

  VerifyOutcome Try(const std::string& name, int steps = 0) {
    return store_.Verify(name, store_.CodeOf(name, steps))->outcome;
  }

  StoreFixture store_;
};

TEST_F(LedgerUpgradeTest, UsedCodesStayUsedAndOthersWorkAtOnce) {
  ASSERT_EQ(Try("alice"), VerifyOutcome::kGranted);
  ASSERT_EQ(store_.Verify("bob", SecretBytes::CopyOf("000000"))->outcome, VerifyOutcome::kWrong);
  MakeFormer();
  store_.Restart();
  EXPECT_TRUE(store_.publisher().kept_ledger());
  EXPECT_EQ(store_.publisher().ledger().LatestUse(), store_.clock.wall);
  EXPECT_EQ(Try("alice"), VerifyOutcome::kReplayed);
  EXPECT_EQ(Try("alice", 1), VerifyOutcome::kGranted);
  auto reader = store_.Open();
  const auto slot = reader.FindDevices(Username::Parse("bob").value())->front().slot;
  EXPECT_EQ(reader.ledger().ReadFailures(slot, Budget::kStrangers).count, 1);
  EXPECT_EQ(reader.ledger().ReadFailures(slot, Budget::kKnown).count, 0);
  EXPECT_EQ(Try("bob"), VerifyOutcome::kGranted);
}

TEST_F(LedgerUpgradeTest, LoginThatConsumesInTheFormerLedgerAfterwardsFindsNoName) {
  MakeFormer();
  const int former = open(store_.paths().Ledger().c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(former, 0);
  EXPECT_TRUE(HasName(former));
  store_.Restart();
  EXPECT_FALSE(HasName(former));
  close(former);
}

TEST_F(LedgerUpgradeTest, DamagedLedgerIsNotConverted) {
  ASSERT_EQ(Try("alice"), VerifyOutcome::kGranted);
  MakeFormer();
  std::string bytes = ReadFile(store_.paths().Ledger());
  bytes[32] = static_cast<char>(bytes[32] ^ 1);
  WriteFile(store_.paths().Ledger(), bytes);
  store_.Restart();
  EXPECT_FALSE(store_.publisher().kept_ledger());
  EXPECT_EQ(Try("alice", 1), VerifyOutcome::kBeforeBirth);
}

TEST_F(LedgerUpgradeTest, DaemonThatIsKilledAfterTheUnlinkFollowsTheEpochRule) {
  ASSERT_EQ(Try("alice"), VerifyOutcome::kGranted);
  MakeFormer();
  unlink(store_.paths().Ledger().c_str());
  store_.Restart();
  EXPECT_EQ(Try("alice"), VerifyOutcome::kBeforeBirth);
}

}  // namespace
}  // namespace twofactor
