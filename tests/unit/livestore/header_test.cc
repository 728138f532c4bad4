// Headers whose checksum is right and whose fields are not: made by another version, or by somebody
// who means it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <functional>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

class HeaderTest : public testing::Test {
 protected:
  HeaderTest() { store_.Enroll("alice", 1000, RfcSecret()); }

  // Changes the header of the file at `path`, and makes its checksum right again.
  template <typename Header>
  void Change(const std::string& path, const std::function<void(Header&)>& change) {
    std::string bytes = ReadFile(path);
    auto* header = static_cast<Header*>(static_cast<void*>(bytes.data()));
    change(*header);
    header->file.checksum = layout::ChecksumOf(*header);
    WriteFile(path, bytes);
  }
  void ChangeIndex(const std::function<void(layout::IndexHeader&)>& change) {
    Change<layout::IndexHeader>(store_.paths().Index(), change);
  }
  void ChangeRecords(const std::function<void(layout::RecordsHeader&)>& change) {
    Change<layout::RecordsHeader>(store_.paths().Records(), change);
  }
  void ChangeLedger(const std::function<void(layout::LedgerHeader&)>& change) {
    Change<layout::LedgerHeader>(store_.paths().Ledger(), change);
  }
  std::optional<ErrorCode> Refusal() const {
    auto reader = LiveStoreReader::Open(store_.paths());
    return reader ? std::nullopt : std::optional(reader.error().code());
  }

  StoreFixture store_;
};

TEST_F(HeaderTest, AnotherVersionOfAnyFileIsUnknownAndNotDamage) {
  ChangeIndex([](auto& header) { header.file.version = layout::kIndexVersion + 1; });
  EXPECT_EQ(Refusal(), ErrorCode::kUnknownVersion);
  ChangeIndex([](auto& header) { header.file.version = layout::kIndexVersion; });
  ChangeRecords([](auto& header) { header.file.version = layout::kRecordsVersion + 1; });
  EXPECT_EQ(Refusal(), ErrorCode::kUnknownVersion);
  ChangeRecords([](auto& header) { header.file.version = layout::kRecordsVersion; });
  ChangeLedger([](auto& header) { header.file.version = layout::kLedgerVersion + 1; });
  EXPECT_EQ(Refusal(), ErrorCode::kUnknownVersion);
}

TEST_F(HeaderTest, FilesOfAnotherKindAreRefused) {
  ChangeIndex([](auto& header) { header.file.magic = layout::kRecordsMagic; });
  EXPECT_EQ(Refusal(), ErrorCode::kCorrupt);
}

TEST_F(HeaderTest, CapacityBeyondTheFileIsRefused) {
  const std::uint64_t impossible[] = {0,
                                      1,
                                      3,
                                      512,
                                      1023,
                                      1025,
                                      2048,
                                      std::uint64_t{1} << 32,
                                      std::uint64_t{1} << 60,
                                      std::uint64_t{1} << 63,
                                      ~std::uint64_t{0}};
  for (const std::uint64_t capacity : impossible) {
    ChangeIndex([capacity](auto& header) { header.capacity = capacity; });
    EXPECT_EQ(Refusal(), ErrorCode::kCorrupt) << capacity;
  }
  ChangeIndex([](auto& header) { header.capacity = 1024; });
  EXPECT_EQ(Refusal(), std::nullopt);
}

TEST_F(HeaderTest, SlotsOfAnotherSizeAreUnknown) {
  ChangeRecords([](auto& header) { header.slot_bytes += 64; });
  EXPECT_EQ(Refusal(), ErrorCode::kUnknownVersion);
}

TEST_F(HeaderTest, UnknownConsumeModeIsRefused) {
  for (const std::uint32_t mode : {0U, 3U, 0xFFFFFFFFU}) {
    ChangeLedger(
        [mode](auto& header) { header.consume_mode = static_cast<layout::ConsumeMode>(mode); });
    EXPECT_EQ(Refusal(), ErrorCode::kUnknownVersion) << mode;
  }
}

TEST_F(HeaderTest, LedgerCanTellReadersToAskTheDaemon) {
  ChangeLedger([](auto& header) { header.consume_mode = layout::ConsumeMode::kAskDaemon; });
  LiveStoreReader reader = store_.Open();
  const auto verification = VerifyCode(reader, store_.AccountOf("alice"),
                                       TypedCode(store_.CodeOf("alice")), store_.clock);
  ASSERT_FALSE(verification);
  EXPECT_EQ(verification.error().code(), ErrorCode::kUnavailable);
}

TEST_F(HeaderTest, FilesOfAStrangerAreRefused) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  for (const std::string& path :
       {store_.paths().Index(), store_.paths().Records(), store_.paths().Ledger()}) {
    ASSERT_EQ(chown(path.c_str(), 1234, 1234), 0);
    EXPECT_EQ(Refusal(), ErrorCode::kCorrupt) << path;
    ASSERT_EQ(chown(path.c_str(), 0, 0), 0);
  }
  EXPECT_EQ(Refusal(), std::nullopt);
}

}  // namespace
}  // namespace twofactor
