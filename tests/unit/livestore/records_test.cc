// A record's slot at every moment of a change: a reader that meets it half written, or after a
// kill, finds one of the two records whole.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <random>

#include "common/livestore/reader.h"
#include "helperd/twofactord/livestore/records_writer.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

constexpr std::uint64_t kRecordSlot = 3;

PublishedDevice Device(std::uint32_t generation, std::string_view secret) {
  return {Username::Parse("alice").value(), 1000, 0, kRecordSlot, generation, {}, WallTime{},
          SecretBytes::CopyOf(secret)};
}

class RecordsTest : public testing::Test {
 protected:
  RecordsTest() { EXPECT_TRUE(writer_.Publish()); }

  layout::RecordSlot Slot() const {
    layout::RecordSlot slot{};
    std::memcpy(&slot, &ReadFile(path_)[layout::RecordOffset(kRecordSlot)], sizeof slot);
    return slot;
  }
  // The generation that a reader finds in these bytes; 0 for 'damaged', which it reads again.
  static std::uint32_t Found(const layout::RecordSlot& slot) {
    const auto device = DecodeRecord(slot, kRecordSlot, Username::Parse("alice").value());
    if (!device) {
      return 0;
    }
    EXPECT_TRUE(device->has_value()) << "absent";
    const bool first = (*device)->generation == 1;
    EXPECT_EQ((*device)->secret.text(), first ? "the first secret" : "the other one, longer");
    return (*device)->generation;
  }

  const TempDirectory directory_;
  const std::string path_ = directory_ / "records";
  RecordsWriter writer_ = RecordsWriter::Create(path_, 7, 16).value();
};

// `before` with some of the 8-byte words of `after`.
layout::RecordSlot Mix(const layout::RecordSlot& before, const layout::RecordSlot& after,
                       const std::function<bool(std::size_t)>& is_new) {
  constexpr std::size_t kWord = 8;
  layout::RecordSlot mixed = before;
  for (std::size_t at = 0; at < sizeof mixed; at += kWord) {
    if (is_new(at / kWord)) {
      std::memcpy(&layout::MutableBytesOf(mixed)[at], &layout::BytesOf(after)[at], kWord);
    }
  }
  return mixed;
}

TEST_F(RecordsTest, HalfAWriteIsTheOldRecordOrTheNewOneInWhateverOrderItIsSeen) {
  constexpr std::size_t kWords = sizeof(layout::RecordSlot) / 8;
  writer_.Write(Device(1, "the first secret"));
  const layout::RecordSlot before = Slot();
  writer_.Write(Device(2, "the other one, longer"));
  const layout::RecordSlot after = Slot();
  EXPECT_EQ(Found(before), 1U);
  EXPECT_EQ(Found(after), 2U);
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same mixtures each time.
  for (std::size_t cut = 0; cut <= kWords; ++cut) {
    EXPECT_NE(Found(Mix(before, after, [cut](std::size_t word) { return word < cut; })), 0U);
    EXPECT_NE(Found(Mix(before, after, [cut](std::size_t word) { return word >= cut; })), 0U);
    EXPECT_NE(Found(Mix(before, after, [&random](std::size_t) { return random() % 2 == 0; })), 0U);
  }
}

TEST_F(RecordsTest, HalfAWipeOfTheOldRecordIsTheNewOne) {
  writer_.Write(Device(1, "the first secret"));
  writer_.Write(Device(2, "the other one, longer"));
  const layout::RecordSlot before = Slot();
  writer_.WipeOlder(kRecordSlot);
  const layout::RecordSlot after = Slot();
  for (std::size_t cut = 0; cut <= sizeof(layout::RecordSlot) / 8; ++cut) {
    EXPECT_EQ(Found(Mix(before, after, [cut](std::size_t word) { return word < cut; })), 2U);
  }
}

TEST_F(RecordsTest, HalfAWipeOfTheSlotIsTheRecordOrDamageAndNotAbsence) {
  writer_.Write(Device(1, "the first secret"));
  const layout::RecordSlot before = Slot();
  writer_.Wipe(kRecordSlot);
  const layout::RecordSlot after = Slot();
  for (std::size_t cut = 0; cut <= sizeof(layout::RecordSlot) / 8; ++cut) {
    EXPECT_LE(Found(Mix(before, after, [cut](std::size_t word) { return word < cut; })), 1U);
  }
  EXPECT_EQ(Found(after), 0U);
}

TEST_F(RecordsTest, RewritingTenThousandTimesKeepsTheNewestOnTop) {
  for (std::uint32_t generation = 1; generation <= 10000; ++generation) {
    writer_.Write(
        Device(generation, generation == 1 ? "the first secret" : "the other one, longer"));
    if (generation % 3 == 0) {
      writer_.WipeOlder(kRecordSlot);
    }
  }
  EXPECT_EQ(Found(Slot()), 10000U);
}

TEST_F(RecordsTest, LongestNameAndSecretFitTheRecord) {
  PublishedDevice device = Device(1, std::string(kMaxSecretBytes, 's'));
  device.username = Username::Parse(std::string(Username::kMaxBytes, 'n')).value();
  device.parameters = {OtpAlgorithm::kSha512, kMaxDigits, kMaxInterval};
  writer_.Write(device);
  const auto found = DecodeRecord(Slot(), kRecordSlot, device.username).value();
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->secret.Equals(device.secret));
  EXPECT_EQ(found->parameters, device.parameters);
}

TEST_F(RecordsTest, ImpossibleParametersAreRefused) {
  for (const OtpParameters& parameters :
       {OtpParameters{OtpAlgorithm::kSha1, 5, std::chrono::seconds(30)},
        OtpParameters{OtpAlgorithm::kSha1, 9, std::chrono::seconds(30)},
        OtpParameters{OtpAlgorithm::kSha1, 6, std::chrono::seconds(0)},
        OtpParameters{static_cast<OtpAlgorithm>(9), 6, std::chrono::seconds(30)}}) {
    PublishedDevice device = Device(1, "the first secret");
    device.parameters = parameters;
    writer_.Write(device);
    const auto found = DecodeRecord(Slot(), kRecordSlot, device.username);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), ErrorCode::kUnknownVersion);
  }
}

TEST_F(RecordsTest, GrowingKeepsTheRecords) {
  writer_.Write(Device(1, "the first secret"));
  ASSERT_TRUE(writer_.GrowTo(5000));
  EXPECT_EQ(writer_.slots(), 5000U);
  EXPECT_EQ(Found(Slot()), 1U);
}

}  // namespace
}  // namespace twofactor
