#include "helperd/twofactord/livestore/kept_reader.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

class KeptReaderTest : public testing::Test {
 protected:
  std::size_t DevicesOf(const std::string& name) {
    const auto reader = kept_.Get(store_.publisher().ledger().slots());
    return reader ? (*reader)->FindDevices(store_.AccountOf(name).name).value().size() : 0;
  }

  StoreFixture store_;
  KeptReader kept_{store_.paths()};
};

TEST_F(KeptReaderTest, SeesUsersAddedAfterEveryFileHasGrown) {
  store_.Enroll("first", 1000, RfcSecret());
  EXPECT_EQ(DevicesOf("first"), 1U);
  for (int user = 0; user < 3000; ++user) {
    store_.Enroll(NameOf(user), 2000 + static_cast<uid_t>(user), RfcSecret());
    ASSERT_EQ(DevicesOf(NameOf(user)), 1U) << user;
  }
  EXPECT_EQ(DevicesOf("first"), 1U);
}

TEST_F(KeptReaderTest, StaysTheSameWhileNothingChanges) {
  const auto first = kept_.Get(0);
  ASSERT_TRUE(first);
  const auto second = kept_.Get(0);
  ASSERT_TRUE(second);
  EXPECT_EQ(*first, *second);
  EXPECT_EQ((*first)->ledger().store_id(), store_.publisher().ledger().store_id());
}

TEST_F(KeptReaderTest, ReadsNoDeletedFiles) {
  store_.Enroll("first", 1000, RfcSecret());
  ASSERT_EQ(DevicesOf("first"), 1U);
  std::filesystem::remove(store_.paths().Ledger());
  const auto reader = kept_.Get(0);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code(), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace twofactor
