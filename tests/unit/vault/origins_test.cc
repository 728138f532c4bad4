// From where users logged in before, as the vault keeps it.
#include <gtest/gtest.h>

#include "helperd/twofactord/vault/vault.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/vault/old_vault.h"

namespace twofactor {
namespace {

constexpr const char* kKeyText = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

class VaultOriginsTest : public testing::Test {
 protected:
  Vault Open() const {
    return std::move(Vault::Open(path(), VaultKey::Parse(kKeyText).value())).value();
  }
  std::string path() const { return directory_ / "vault.sqlite"; }
  static Username Alice() { return Username::Parse("alice").value(); }
  static void Enroll(Vault& vault) {
    ASSERT_TRUE(vault.PutSecret({.username = Alice(),
                                 .uid = 1000,
                                 .parameters = {},
                                 .created = {},
                                 .secret = SecretBytes::CopyOf("the secret of alice"),
                                 .label = {}}));
  }
  // How many are kept.
  static std::size_t Count(Vault& vault, uid_t uid = 1000) {
    std::size_t count = 0;
    const auto origins = vault.ReadOrigins(Alice(), uid).value();
    for (const KnownOrigin& origin : origins) {
      count += origin.hash == 0 ? 0 : 1;
    }
    return count;
  }
  void Alter(const std::string& statements) {
    auto database = std::move(Database::Open(path())).value();
    ASSERT_TRUE(database.Execute(statements.c_str()));
  }

  TempDirectory directory_;
};

TEST_F(VaultOriginsTest, KeyIsMadeOnceAndKept) {
  const SipHashKey key = Open().LoadOriginKey().value();
  EXPECT_NE(key, SipHashKey{});
  EXPECT_EQ(Open().LoadOriginKey().value(), key);
}

TEST_F(VaultOriginsTest, AreOfTheUserAndTheUid) {
  auto vault = Open();
  Enroll(vault);
  ASSERT_TRUE(vault.NoteOrigin(Alice(), 1000, 5, 20000));
  EXPECT_EQ(Count(vault), 1U);
  EXPECT_EQ(Count(vault, 1001), 0U);
  // Nobody has any without a device.
  ASSERT_TRUE(vault.NoteOrigin(Alice(), 1001, 5, 20000));
  EXPECT_EQ(Count(vault, 1001), 0U);
}

TEST_F(VaultOriginsTest, AreAtMostEightWhateverTheirHashes) {
  auto vault = Open();
  Enroll(vault);
  for (std::uint64_t i = 0; i < 20; ++i) {
    ASSERT_TRUE(vault.NoteOrigin(Alice(), 1000, ~std::uint64_t{0} - i, 20000));
  }
  EXPECT_EQ(Count(vault), kMaxKnownOrigins);
}

TEST_F(VaultOriginsTest, VaultOfTheSixthSchemaHasNoneYet) {
  {
    auto vault = Open();
    Enroll(vault);
  }
  Alter(kToSchema7);
  Alter(kFromSchema7To6);
  auto vault = Open();
  auto devices = vault.LoadDevices().value();
  ASSERT_EQ(devices.size(), 1U);
  ASSERT_TRUE(vault.LoadOrigins(devices));
  EXPECT_EQ(devices[0].origins, KnownOrigins{});
  const auto noted = vault.NoteOrigin(Alice(), 1000, 5, 20000);
  ASSERT_TRUE(noted);
  ASSERT_TRUE(vault.LoadOrigins(devices));
  EXPECT_EQ(devices[0].origins, *noted);
}

}  // namespace
}  // namespace twofactor
