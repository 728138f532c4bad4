// The administrator's settings in the ledger: two copies, of which one is whole at any moment.
#include "common/livestore/settings.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

using std::chrono::seconds;

constexpr std::size_t kCopies = offsetof(layout::LedgerHeader, settings);

LoginSettings WithWindow(int window) {
  LoginSettings settings;
  settings.window = window;
  return settings;
}

std::optional<LoginSettings> Decode(const layout::SettingsCopy& a, const layout::SettingsCopy& b) {
  return DecodeSettings({a, b});
}

TEST(SettingsTest, EncodingRoundTrips) {
  const ThrottlePolicy throttle{255, seconds(1), seconds(86400), seconds(604800)};
  LoginSettings settings{
      .enabled = false, .ssh = false, .window = kMaxWindow, .throttle = throttle};
  EXPECT_EQ(Decode(EncodeSettings(settings, 1), {}), settings);
  for (bool* const flag :
       {&settings.enabled, &settings.ssh, &settings.ask_daemon, &settings.throttle.exempt_root}) {
    *flag = true;
    EXPECT_EQ(Decode(EncodeSettings(settings, 1), {}), settings);
  }
}

TEST(SettingsTest, NewerOfTwoValidCopiesCounts) {
  const auto older = EncodeSettings(WithWindow(1), 6);
  const auto newer = EncodeSettings(WithWindow(2), 7);
  EXPECT_EQ(Decode(older, newer)->window, 2);
  EXPECT_EQ(Decode(newer, older)->window, 2);
}

TEST(SettingsTest, EveryFlippedByteOfACopyIsFound) {
  const auto older = EncodeSettings(WithWindow(1), 6);
  for (std::size_t at = 0; at < sizeof(layout::SettingsCopy); ++at) {
    auto damaged = EncodeSettings(WithWindow(2), 7);
    layout::MutableBytesOf(damaged)[at] ^= 0x5A;
    EXPECT_EQ(Decode(damaged, older)->window, 1) << at;
    EXPECT_EQ(Decode(damaged, damaged), std::nullopt) << at;
  }
}

TEST(SettingsTest, WindowBeyondTheMaximumIsRefused) {
  EXPECT_EQ(Decode(EncodeSettings(WithWindow(kMaxWindow + 1), 1), {}), std::nullopt);
}

class SettingsOfALedgerTest : public testing::Test {
 protected:
  layout::SettingsCopy CopyAt(std::size_t index) {
    layout::SettingsCopy copy{};
    const std::string bytes = ReadFile(store_.paths().Ledger());
    std::memcpy(&copy, &bytes[kCopies + index * sizeof copy], sizeof copy);
    return copy;
  }
  // As a daemon leaves the copy that is killed while it writes it: the sequence is there already.
  void Tear(std::size_t index, std::uint64_t sequence) {
    layout::SettingsCopy torn = EncodeSettings(WithWindow(5), sequence);
    torn.window = 0;
    std::string bytes = ReadFile(store_.paths().Ledger());
    std::memcpy(&bytes[kCopies + index * sizeof torn], &torn, sizeof torn);
    WriteFile(store_.paths().Ledger(), bytes);
  }
  bool IsWhole(std::size_t index) {
    const layout::SettingsCopy copy = CopyAt(index);
    return copy.checksum == layout::ChecksumOf(copy);
  }

  StoreFixture store_;
};

TEST_F(SettingsOfALedgerTest, EachWriteLeavesTheCopyThatWasInForce) {
  for (int window = 0; window <= kMaxWindow; ++window) {
    const auto before = {CopyAt(0).sequence, CopyAt(1).sequence};
    store_.publisher().WriteSettings(WithWindow(window));
    EXPECT_EQ(store_.publisher().ledger().ReadSettings()->window, window);
    EXPECT_TRUE(CopyAt(0).sequence == std::max(before) || CopyAt(1).sequence == std::max(before));
  }
}

TEST_F(SettingsOfALedgerTest, DamagedCopyIsOverwrittenAndNotTheOther) {
  for (const std::size_t torn : {std::size_t{0}, std::size_t{1}}) {
    store_.publisher().WriteSettings(WithWindow(2));
    store_.publisher().WriteSettings(WithWindow(2));
    const auto kept = CopyAt(1 - torn);
    Tear(torn, kept.sequence + 1);
    store_.publisher().WriteSettings(WithWindow(3));
    EXPECT_EQ(CopyAt(1 - torn).checksum, kept.checksum) << torn;
    EXPECT_TRUE(IsWhole(torn));
    EXPECT_EQ(store_.publisher().ledger().ReadSettings()->window, 3);
  }
}

}  // namespace
}  // namespace twofactor
