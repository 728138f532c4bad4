// What a reader meets in damaged files is an error, never a crash, and never "this user has no
// factor".
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>

#include "common/livestore/layout.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

class DamageTest : public testing::Test {
 protected:
  DamageTest() { store_.Enroll("alice", 1000, RfcSecret()); }

  // What a login of alice's would be told; an error where the store does not open.
  Result<FactorState> State() {
    auto reader = LiveStoreReader::Open(store_.paths());
    return reader ? ReadFactorState(*reader, store_.AccountOf("alice"), "login", store_.clock)
                  : Fail(reader.error());
  }
  std::size_t EntryOf(const std::string& name) {
    const std::uint64_t hash = layout::IndexHash(name);
    return ReadFile(store_.paths().Index())
        .find(std::string(reinterpret_cast<const char*>(&hash), sizeof hash));
  }
  void FlipByte(const std::string& path, std::size_t at) {
    std::string bytes = ReadFile(path);
    bytes[at] = static_cast<char>(bytes[at] ^ 0x5A);
    WriteFile(path, bytes);
  }

  StoreFixture store_;
};

TEST_F(DamageTest, EveryFlippedByteOfAHeaderIsFound) {
  const struct {
    std::string path;
    std::size_t bytes;
  } headers[] = {{store_.paths().Index(), sizeof(layout::IndexHeader)},
                 {store_.paths().Records(), sizeof(layout::RecordsHeader)},
                 {store_.paths().Ledger(), layout::kLedgerFixedBytes}};
  for (const auto& header : headers) {
    for (std::size_t at = 0; at < header.bytes; ++at) {
      FlipByte(header.path, at);
      EXPECT_FALSE(State()) << header.path << " " << at;
      FlipByte(header.path, at);
    }
  }
  EXPECT_EQ(State().value(), FactorState::kConfigured);
}

TEST_F(DamageTest, EveryFlippedByteOfARecordIsFoundAndIsNotAbsence) {
  for (std::size_t at = 0; at < sizeof(layout::RecordSlot); ++at) {
    FlipByte(store_.paths().Records(), layout::RecordOffset(0) + at);
    const auto state = State();
    EXPECT_TRUE(!state || *state == FactorState::kConfigured) << at;
    FlipByte(store_.paths().Records(), layout::RecordOffset(0) + at);
  }
}

TEST_F(DamageTest, ShortFilesAreRefused) {
  for (const std::string& path :
       {store_.paths().Index(), store_.paths().Records(), store_.paths().Ledger()}) {
    const std::string whole = ReadFile(path);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{31}, std::size_t{64}, std::size_t{4095}, std::size_t{4096}}) {
      WriteFile(path, whole.substr(0, size));
      EXPECT_FALSE(State()) << path << " " << size;
    }
    WriteFile(path, whole);
  }
}

TEST_F(DamageTest, EveryFlippedByteOfTheSlotThatTheIndexNamesIsFound) {
  store_.Enroll("bob", 1001, SecretBytes::CopyOf("the secret of bob 20"));
  const std::size_t slot = EntryOf("alice") + offsetof(layout::IndexEntry, slot);
  for (std::size_t at = 0; at < sizeof(std::uint64_t); ++at) {
    FlipByte(store_.paths().Index(), slot + at);
    EXPECT_FALSE(State()) << at;
    FlipByte(store_.paths().Index(), slot + at);
  }
}

TEST_F(DamageTest, IndexThatNamesTheRecordOfAnotherIsNotAbsence) {
  store_.Enroll("bob", 1001, SecretBytes::CopyOf("the secret of bob 20"));
  std::string index = ReadFile(store_.paths().Index());
  index[EntryOf("alice") + offsetof(layout::IndexEntry, slot)] = 1;
  WriteFile(store_.paths().Index(), index);
  EXPECT_FALSE(State());
}

TEST_F(DamageTest, SearchOfAnIndexWithoutAnEmptyPlaceEnds) {
  std::string index = ReadFile(store_.paths().Index());
  const std::uint64_t other = layout::IndexHash("somebody");
  for (std::size_t at = sizeof(layout::IndexHeader); at < index.size(); at += 16) {
    index.replace(at, 8, reinterpret_cast<const char*>(&other), 8);
  }
  WriteFile(store_.paths().Index(), index);
  EXPECT_FALSE(State());
}

TEST_F(DamageTest, RecordOfAnotherSlotIsNotTaken) {
  store_.Enroll("bob", 1001, SecretBytes::CopyOf("the secret of bob 20"));
  std::string records = ReadFile(store_.paths().Records());
  records.replace(layout::RecordOffset(0), sizeof(layout::RecordSlot),
                  records.substr(layout::RecordOffset(1), sizeof(layout::RecordSlot)));
  WriteFile(store_.paths().Records(), records);
  EXPECT_FALSE(State());
}

TEST_F(DamageTest, FilesOfTwoStoresAreNotMixed) {
  const StoreFixture other;
  for (const auto& [from, to] : {std::pair(other.paths().Index(), store_.paths().Index()),
                                 std::pair(other.paths().Records(), store_.paths().Records())}) {
    const std::string whole = ReadFile(to);
    WriteFile(to, ReadFile(from));
    EXPECT_FALSE(State()) << to;
    WriteFile(to, whole);
  }
}

TEST_F(DamageTest, FilesThatOthersMayReachAreRefused) {
  namespace fs = std::filesystem;
  for (const std::string& path :
       {store_.paths().Index(), store_.paths().Records(), store_.paths().Ledger()}) {
    chmod(path.c_str(), 0640);
    EXPECT_FALSE(State()) << path;
    chmod(path.c_str(), 0600);
    fs::rename(path, path + ".moved");
    fs::create_symlink(path + ".moved", path);
    EXPECT_FALSE(State()) << path;
    fs::remove(path);
    mkfifo(path.c_str(), 0600);
    EXPECT_FALSE(State()) << path;
    fs::rename(path + ".moved", path);
  }
  chmod(store_.paths().directory().c_str(), 0777);
  EXPECT_FALSE(State());
}

TEST_F(DamageTest, DamagedLedgerIsReplacedByTheEpochRule) {
  const SecretBytes used = store_.CodeOf("alice");
  EXPECT_EQ(store_.Verify("alice", used).value().outcome, VerifyOutcome::kGranted);
  FlipByte(store_.paths().Ledger(), 20);
  store_.Restart();
  EXPECT_FALSE(store_.publisher().kept_ledger());
  EXPECT_EQ(store_.Verify("alice", used).value().outcome, VerifyOutcome::kBeforeBirth);
}

TEST_F(DamageTest, LedgerThatIsNotKeptIsReportedWithTheReason) {
  store_.Restart();
  EXPECT_EQ(store_.publisher().ledger_refused_because(), "");
  // A newer version's, as after a downgrade.
  FlipByte(store_.paths().Ledger(), offsetof(layout::FileHeader, version));
  store_.Restart();
  EXPECT_FALSE(store_.publisher().kept_ledger());
  EXPECT_NE(store_.publisher().ledger_refused_because().find("has version"), std::string::npos);
  std::filesystem::remove(store_.paths().Ledger());
  store_.Restart();
  EXPECT_FALSE(store_.publisher().kept_ledger());
  EXPECT_EQ(store_.publisher().ledger_refused_because(), "");
}

TEST_F(DamageTest, OneDamagedCopyOfTheSettingsIsMadeUpForByTheOther) {
  store_.settings.window = 3;
  store_.publisher().WriteSettings(store_.settings);
  const std::size_t first = offsetof(layout::LedgerHeader, settings);
  FlipByte(store_.paths().Ledger(), first + 9);
  EXPECT_TRUE(State());
  FlipByte(store_.paths().Ledger(), first + sizeof(layout::SettingsCopy) + 9);
  EXPECT_FALSE(State());
}

}  // namespace
}  // namespace twofactor
