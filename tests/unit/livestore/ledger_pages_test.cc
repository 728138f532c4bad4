#include "common/livestore/ledger_pages.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "common/livestore/reader.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

constexpr int kManyUsers = 2000;  // More than the slots of seven pages.

// What this process has mapped of files whose name ends so, in pages.
std::size_t MappedPagesOf(const std::string& ending) {
  std::ifstream maps("/proc/self/maps");
  std::size_t pages = 0;
  for (std::string line; std::getline(maps, line);) {
    if (line.ends_with(ending)) {
      std::size_t start = 0;
      std::size_t end = 0;
      char dash = 0;
      std::istringstream(line) >> std::hex >> start >> dash >> end;
      pages += (end - start) / layout::kHeaderPageBytes;
    }
  }
  return pages;
}

class LedgerPagesTest : public testing::Test {
 protected:
  LedgerPagesTest() {
    for (int user = 0; user < kManyUsers; ++user) {
      store_.Enroll(NameOf(user), 1000 + static_cast<uid_t>(user), RfcSecret());
    }
  }

  StoreFixture store_;
};

TEST_F(LedgerPagesTest, LoginMapsTheHeaderAndThePageOfItsOwnSlotAndNoMore) {
  const std::size_t daemons = MappedPagesOf("/ledger");
  LiveStoreReader reader = store_.Open();
  EXPECT_EQ(MappedPagesOf("/ledger") - daemons, 1U);
  ASSERT_EQ(reader.FindDevices(store_.AccountOf(NameOf(kManyUsers - 1)).name)->size(), 1U);
  EXPECT_EQ(MappedPagesOf("/ledger") - daemons, 2U);
  ASSERT_EQ(reader.FindDevices(store_.AccountOf(NameOf(kManyUsers - 1)).name)->size(), 1U);
  EXPECT_EQ(MappedPagesOf("/ledger") - daemons, 2U);
}

TEST_F(LedgerPagesTest, EachUserFindsTheWordsThatTheDaemonSees) {
  const auto whole = Ledger::Open(store_.paths().Ledger(), geteuid()).value();
  LiveStoreReader reader = store_.Open();
  for (int user = 0; user < kManyUsers; user += 97) {
    const auto devices = reader.FindDevices(store_.AccountOf(NameOf(user)).name).value();
    const std::uint64_t slot = devices.at(0).slot;
    EXPECT_EQ(reader.ledger().ReadUse(slot).Pack(), whole.ReadUse(slot).Pack());
    ASSERT_TRUE(reader.ledger().SwapFailures(slot, {0, 0}, {3, slot}));
    EXPECT_EQ(whole.ReadFailures(slot).last_try, slot);
  }
}

TEST_F(LedgerPagesTest, SlotThatWasNotReachedThrows) {
  LiveStoreReader reader = store_.Open();
  EXPECT_THROW(reader.ledger().ReadUse(kManyUsers - 1), std::out_of_range);
}

}  // namespace
}  // namespace twofactor
