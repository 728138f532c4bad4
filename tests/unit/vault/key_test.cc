#include "helperd/twofactord/vault/key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

const std::string kHex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1F";

TEST(VaultKeyTest, IsSixtyFourHexadecimalDigits) {
  EXPECT_TRUE(VaultKey::Parse(kHex));
  EXPECT_TRUE(VaultKey::Parse(kHex + "\n"));
  for (const std::string& wrong :
       {std::string(), kHex.substr(1), kHex + "0", kHex + "\n\n", "g" + kHex.substr(1)}) {
    EXPECT_FALSE(VaultKey::Parse(wrong)) << wrong;
  }
  const auto key = VaultKey::Parse(kHex);
  EXPECT_EQ(key->bytes().bytes()[31], 0x1F);
  EXPECT_EQ(VaultKey::Parse(key->ToText().text())->bytes().text(), key->bytes().text());
}

TEST(KeyFileTest, IsMadeOnceForTheOwnerAloneAndReadAgain) {
  const TempDirectory directory;
  const std::string path = directory / "key";
  const auto made = MakeKeyFile(path);
  ASSERT_TRUE(made) << made.error().message();
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  const auto read = ReadKey({KeySource::Kind::kFile, path, path});
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->bytes().Equals(made->bytes()));
}

TEST(KeyFileTest, IsNeverOverwritten) {
  const TempDirectory directory;
  WriteFile(directory / "key", "what was there");
  const auto made = MakeKeyFile(directory / "key");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), ErrorCode::kConflict);
  EXPECT_EQ(ReadFile(directory / "key"), "what was there");
}

TEST(KeyFileTest, ThatOthersMayReadIsRefused) {
  const TempDirectory directory;
  WriteFile(directory / "key", kHex);
  chmod((directory / "key").c_str(), 0640);
  const auto read = ReadKey({KeySource::Kind::kFile, directory / "key", ""});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), ErrorCode::kNotPermitted);
}

TEST(KeySourceTest, PrefersTheSealedCredentialThenTheFileCredentialThenTheKeyFile) {
  const TempDirectory directory;
  const auto kind = [&] { return FindKeySource(directory.path(), "/k").path; };
  EXPECT_EQ(kind(), "/k");
  WriteFile(directory / "twofactor.vault-key-file", kHex);
  EXPECT_EQ(kind(), directory / "twofactor.vault-key-file");
  WriteFile(directory / "twofactor.vault-key", kHex);
  EXPECT_EQ(kind(), directory / "twofactor.vault-key");
  EXPECT_EQ(FindKeySource("", "/k").path, "/k");
}

TEST(KeySourceTest, SaysWhereAnAdministratorPutsTheKey) {
  const TempDirectory directory;
  EXPECT_EQ(FindKeySource("", "/k").kept_at, "/k");
  EXPECT_EQ(FindKeySource(directory.path(), "/k").kept_at,
            "/etc/credstore.encrypted/twofactor.vault-key");
}

}  // namespace
}  // namespace twofactor
