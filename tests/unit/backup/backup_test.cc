// The lines of a backup: what goes in comes out, and what was changed does not.
#include <gtest/gtest.h>

#include "helperd/twofactord/backup/base64.h"
#include "tests/unit/backup/backup_fixture.h"

namespace twofactor {
namespace {

TEST(BackupTest, EverythingOfAUserGoesThere) {
  const auto lines = LinesOf({"alice"});
  auto reader = std::move(Open(lines[0])).value();
  EXPECT_EQ(reader.header().host, "host");
  EXPECT_EQ(reader.header().users, 1U);
  const auto contents = std::move(reader.Next(lines[1])).value();
  ASSERT_EQ(contents.users.size(), 1U);
  const BackedUpUser& user = contents.users[0];
  const BackedUpUser expected = UserOfEveryKind("alice");
  EXPECT_EQ(user.username, expected.username);
  EXPECT_EQ(user.uid, expected.uid);
  EXPECT_EQ(user.first_asked, expected.first_asked);
  ASSERT_EQ(user.devices.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(user.devices[i].device, expected.devices[i].device);
    EXPECT_EQ(user.devices[i].kind, expected.devices[i].kind);
    EXPECT_EQ(user.devices[i].parameters, expected.devices[i].parameters);
    EXPECT_EQ(user.devices[i].created, expected.devices[i].created);
    EXPECT_EQ(user.devices[i].label, expected.devices[i].label);
    EXPECT_EQ(user.devices[i].skew, expected.devices[i].skew);
    EXPECT_EQ(user.devices[i].first_step, expected.devices[i].first_step);
    EXPECT_EQ(user.devices[i].counter, expected.devices[i].counter);
    EXPECT_TRUE(user.devices[i].secret.Equals(expected.devices[i].secret));
  }
  ASSERT_TRUE(user.recovery_codes);
  EXPECT_EQ(user.recovery_codes->created, expected.recovery_codes->created);
  EXPECT_EQ(user.recovery_codes->key_id, "the key");
  EXPECT_EQ(user.recovery_codes->hashes, expected.recovery_codes->hashes);
  EXPECT_TRUE(contents.recovery_keys.at("the key").Equals(RecoveryKeys().at("the key")));
  EXPECT_FALSE(contents.settings);
  EXPECT_FALSE(reader.whole());
  const auto rest = std::move(reader.Next(lines[2])).value();
  EXPECT_TRUE(rest.users.empty());
  EXPECT_EQ(rest.settings, (VaultSettings{.enabled = true, .ssh = false, .window = 2}));
  EXPECT_TRUE(reader.whole());
}

TEST(BackupTest, LinesHoldNoNameAndNoSecretInTheClear) {
  for (const std::string& line : LinesOf({"alice"})) {
    EXPECT_EQ(line.find("alice"), std::string::npos);
    EXPECT_EQ(line.find("secret of"), std::string::npos);
    for (const std::size_t shift : {0U, 1U, 2U}) {
      const std::string text = "totp secret of alice";
      const std::vector<std::uint8_t> bytes(text.begin() + static_cast<std::ptrdiff_t>(shift),
                                            text.end());
      EXPECT_EQ(line.find(EncodeBase64(bytes).substr(0, 16)), std::string::npos);
    }
  }
}

TEST(BackupTest, EveryByteOfTheHeaderCounts) {
  const auto lines = LinesOf({});
  const BackupKdf kdf = ParseBackupHeader(lines[0]).value().kdf;
  const auto key = std::move(DeriveBackupKey(Passphrase(), kdf)).value();
  int other_keys = 0;
  for (std::size_t i = 0; i < lines[0].size(); ++i) {
    std::string header = lines[0];
    header[i] = static_cast<char>(header[i] ^ 1);
    const auto parsed = ParseBackupHeader(header);
    if (parsed && parsed->kdf == kdf) {
      EXPECT_FALSE(BackupReader::Begin(*parsed, key.Clone())) << "byte " << i << " of " << header;
    } else if (parsed && ++other_keys % 8 == 1) {
      // Each costs the time of a key.
      EXPECT_FALSE(BackupReader::Begin(*parsed, Passphrase())) << "byte " << i << " of " << header;
    }
  }
  EXPECT_GT(other_keys, 8);
}

TEST(BackupTest, EveryByteOfAChunkCounts) {
  const auto lines = LinesOf({"alice"});
  auto reader = std::move(Open(lines[0])).value();
  for (std::size_t i = 0; i < lines[1].size(); ++i) {
    for (const int bit : {1, 0x20, 0x80}) {
      std::string chunk = lines[1];
      chunk[i] = static_cast<char>(chunk[i] ^ bit);
      const auto contents = reader.Next(chunk);
      ASSERT_FALSE(contents) << "byte " << i << " of " << chunk;
      EXPECT_EQ(contents.error().code(), ErrorCode::kCorrupt);
    }
  }
  // None of that has moved the reader on.
  EXPECT_TRUE(reader.Next(lines[1]));
}

TEST(BackupTest, ChunkThatIsCutOffIsRefusedWhereverTheCutIs) {
  const auto lines = LinesOf({"alice"});
  auto reader = std::move(Open(lines[0])).value();
  for (std::size_t size = 0; size < lines[1].size(); ++size) {
    EXPECT_FALSE(reader.Next(lines[1].substr(0, size)));
  }
}

TEST(BackupTest, ChunksInAnotherOrderRepeatedOrLeftOutAreRefused) {
  const auto lines = LinesOf({"alice", "bob", "carol"});
  auto reader = std::move(Open(lines[0])).value();
  EXPECT_FALSE(reader.Next(lines[2]));
  EXPECT_TRUE(reader.Next(lines[1]));
  EXPECT_FALSE(reader.Next(lines[1]));
  EXPECT_FALSE(reader.Next(lines[4]));
  EXPECT_TRUE(reader.Next(lines[2]));
  EXPECT_FALSE(reader.whole());
}

TEST(BackupTest, NumberAndLastMarkOfAChunkCannotBeChanged) {
  const auto lines = LinesOf({"alice", "bob"});
  auto reader = std::move(Open(lines[0])).value();
  auto moved = BackupChunk::Parse(lines[2]).value();
  moved.number = 0;
  EXPECT_FALSE(reader.Next(moved.ToLine()));
  auto marked = BackupChunk::Parse(lines[1]).value();
  marked.last = true;
  EXPECT_FALSE(reader.Next(marked.ToLine()));
}

TEST(BackupTest, ChunkOfAnotherBackupWithTheSamePassphraseIsRefused) {
  const auto lines = LinesOf({"alice"});
  const auto others = LinesOf({"alice"});
  auto reader = std::move(Open(lines[0])).value();
  const auto contents = reader.Next(others[1]);
  ASSERT_FALSE(contents);
  EXPECT_NE(contents.error().message().find("another backup's"), std::string::npos);
}

TEST(BackupTest, NothingComesBehindTheLastChunk) {
  const auto lines = LinesOf({});
  auto reader = std::move(Open(lines[0])).value();
  EXPECT_TRUE(reader.Next(lines[1]));
  EXPECT_TRUE(reader.whole());
  EXPECT_FALSE(reader.Next(lines[1]));
}

TEST(BackupTest, WrongPassphraseIsKnownAtOnce) {
  const auto lines = LinesOf({"alice"});
  const auto reader = Open(lines[0], "correct horse battery stapler");
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code(), ErrorCode::kConflict);
  EXPECT_NE(reader.error().message().find("not the passphrase"), std::string::npos);
}

TEST(BackupTest, NewerFormatIsNamed) {
  std::string header = LinesOf({})[0];
  header.replace(header.find(":1,"), 3, ":2,");
  const auto parsed = ParseBackupHeader(header);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code(), ErrorCode::kUnknownVersion);
  EXPECT_NE(parsed.error().message().find("newer twofactor"), std::string::npos);
}

TEST(BackupTest, KeyThatCostsTooMuchOrTooLittleIsRefusedBeforeAnyWork) {
  const auto with = [](std::uint64_t n, std::uint64_t r, std::uint64_t p, std::size_t salt) {
    BackupHeader header = QuickHeader(0);
    header.check = {1};
    header.kdf = {n, r, p, std::vector<std::uint8_t>(salt)};
    return header;
  };
  const std::uint64_t least = 1U << 15U;
  const std::uint64_t most = 1U << 18U;
  for (const auto& good : {with(least, 8, 1, 32), with(most, 8, 4, 32)}) {
    EXPECT_TRUE(ParseBackupHeader(ToLine(good)));
  }
  for (const auto& bad :
       {with(least / 2, 8, 1, 32), with(2 * most, 8, 1, 32), with(least + 1, 8, 1, 32),
        with(least, 7, 1, 32), with(least, 16, 1, 32), with(least, 8, 5, 32), with(least, 8, 1, 31),
        with(std::uint64_t{1} << 32, 8, 1, 32)}) {
    const auto parsed = ParseBackupHeader(ToLine(bad));
    ASSERT_FALSE(parsed) << ToLine(bad);
    EXPECT_EQ(parsed.error().code(), ErrorCode::kCorrupt);
    EXPECT_EQ(DeriveBackupKey(Passphrase(), bad.kdf).error().code(), ErrorCode::kInvalidParams);
  }
}

TEST(BackupTest, KeyIsWhatScryptOfRfc7914Gives) {
  // python3 -c 'import hashlib; print(hashlib.scrypt(b"correct horse battery staple",
  //   salt=bytes(32), n=2**15, r=8, p=1, maxmem=2**26, dklen=32).hex())'
  const BackupKdf kdf{1U << 15U, 8, 1, std::vector<std::uint8_t>(32)};
  const auto key = std::move(DeriveBackupKey(Passphrase(), kdf)).value();
  std::string hex;
  for (const std::uint8_t byte : key.bytes().bytes()) {
    hex += "0123456789abcdef"[byte >> 4U];
    hex += "0123456789abcdef"[byte & 0xFU];
  }
  EXPECT_EQ(hex, "0e1881f66d99cf326bb0bc8405364cfac55cfc7bec10900aafee23fb379df8e2");
}

TEST(BackupTest, WhatIsWrittenIsWithinTheBoundsThatAreRead) {
  EXPECT_TRUE(NewBackupKdf().value().WithinBounds());
}

TEST(BackupTest, LargestUserFitsIntoACall) {
  auto writer = BackupWriter::Begin(QuickHeader(1), Passphrase());
  BackedUpUser largest{
      Username::Parse(std::string(Username::kMaxBytes, 'u')).value(),
      4294967294,
      {},
      BackedUpRecoveryCodes{WallTime(std::chrono::seconds(1'700'000'000)), "the key",
                            std::vector<RecoveryHash>(64, RecoveryHash(32, 1))},
      {}};
  std::string label;
  for (std::size_t i = 0; i < kMaxLabelCharacters; ++i) {
    label += "𝄞";
  }
  for (std::uint32_t i = 0; i < kMaxDevices; ++i) {
    largest.devices.push_back({.device = i,
                               .kind = DeviceKind::kHotp,
                               .parameters = {},
                               .created = WallTime(std::chrono::seconds(1'700'000'000)),
                               .label = label,
                               .skew = 0,
                               .first_step = 0,
                               .counter = kMaxHotpCounter,
                               .secret = SecretBytes(kMaxSecretBytes)});
  }
  while (!writer->Full()) {
    ASSERT_TRUE(writer->Add(UserOfEveryKind("alice"), RecoveryKeys()));
  }
  ASSERT_TRUE(writer->Add(largest, RecoveryKeys()));
  EXPECT_LT(writer->Finish(nullptr).value().size(), 60UL * 1024);
}

TEST(Base64Test, OnlyWhatIsWrittenIsRead) {
  const std::vector<std::uint8_t> bytes = {0, 255, 62, 63};
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const std::vector<std::uint8_t> some(bytes.begin(),
                                         bytes.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(DecodeBase64(EncodeBase64(some)), some);
  }
  EXPECT_EQ(EncodeBase64(bytes), "AP8+Pw==");
  for (const char* text : {"AP8+Pw=", "AP8+Px==", " AP8+Pw==", "AP8+Pw==\n",
                           "AP8-Pw==", "====", "A===", "AP8+Pw==AAAA", "AAA"}) {
    EXPECT_FALSE(DecodeBase64(text)) << text;
  }
}

}  // namespace
}  // namespace twofactor
