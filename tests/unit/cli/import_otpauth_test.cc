// otpauth:// and otpauth-migration:// URIs.
#include "cli/import/otpauth.h"

#include "cli/import/account_name.h"
#include "tests/unit/cli/import_fixture.h"

namespace twofactor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Type = ImportedDevice::Type;

const std::string kSecret = "?secret=" + std::string(kRfcBase32);

ImportedUsers UsersOf(const std::string& text, const std::string& user = "") {
  auto users = ParseUris(text, ContextFor(user));
  EXPECT_TRUE(users) << users.error().message();
  return users ? std::move(*users) : ImportedUsers();
}

TEST(AccountNameTest, RuleIsTheSameWhoeverThereIs) {
  struct Row {
    const char* account;
    const char* user;
  };
  for (const Row& row :
       {Row{"alice", "alice"}, Row{"alice@example.com", "alice"},
        Row{"Bank:alice@example.com", "alice"}, Row{"Bank: alice", "alice"},
        Row{"alice-nas1@TwoFactor", "alice"}, Row{"alice-nas2@TwoFactor", "alice-nas2"},
        Row{"mary-jane@host", "mary-jane"}, Row{"mary-jane", "mary-jane"},
        Row{"alice-nas1", "alice-nas1"}, Row{"a@b@host", "a@b"}, Row{"-nas1@x", "-nas1"},
        Row{"", ""}, Row{"@host", ""}, Row{"Bank:", ""}}) {
    EXPECT_EQ(UserOfAccount(row.account, "nas1"), row.user) << row.account;
  }
  EXPECT_EQ(UserOfAccount("alice-@x", ""), "alice-");
}

TEST(OtpauthImportTest, ParametersAreTaken) {
  const ImportedUsers users = UsersOf("otpauth://totp/Example%20Co:alice@host" + kSecret +
                                      "&issuer=Example%20Co&algorithm=SHA256&digits=8&period=60\n");
  ASSERT_EQ(users.size(), 1U);
  EXPECT_EQ(users[0].name, "alice");
  EXPECT_THAT(users[0].refusals, IsEmpty());
  const ImportedDevice& device = users[0].devices.at(0);
  EXPECT_EQ(device.type, Type::kTotp);
  EXPECT_EQ(device.secret.text(), kRfcSecret);
  EXPECT_EQ(device.parameters, (OtpParameters{OtpAlgorithm::kSha256, 8, std::chrono::seconds(60)}));
  EXPECT_EQ(device.label, "Example Co");
}

TEST(OtpauthImportTest, DefaultsAreThoseOfTheFormat) {
  const ImportedUsers users = UsersOf("otpauth://totp/alice" + kSecret);
  EXPECT_EQ(users.at(0).devices.at(0).parameters, OtpParameters());
  EXPECT_EQ(users[0].devices[0].label, "1");
}

TEST(OtpauthImportTest, HotpWithoutACounterBeginsAtZeroWithANote) {
  EXPECT_EQ(UsersOf("otpauth://hotp/alice" + kSecret + "&counter=42")[0].devices.at(0).counter,
            42U);
  const ImportedUsers users = UsersOf("otpauth://hotp/alice" + kSecret);
  EXPECT_EQ(users.at(0).devices.at(0).counter, 0U);
  EXPECT_THAT(users[0].notes, ElementsAre(HasSubstr("has no counter")));
}

TEST(OtpauthImportTest, UrisOfOneUserAreDevicesWithLabelsOfTheirOwn) {
  const std::string line = "otpauth://totp/Bank:alice" + kSecret + "\n";
  const std::string other = "otpauth://totp/Bank:alice?secret=MFRGGZDFMZTWQ2LK\n";
  const ImportedUsers users =
      UsersOf("# my keys\n\n" + line + other + "otpauth://totp/bob" + kSecret + "\r\n");
  ASSERT_EQ(users.size(), 2U);
  ASSERT_EQ(users[0].devices.size(), 2U);
  EXPECT_EQ(users[0].devices[0].label, "Bank");
  EXPECT_EQ(users[0].devices[1].label, "Bank 2");
}

TEST(OtpauthImportTest, UserThatIsNamedGetsAll) {
  const ImportedUsers users = UsersOf(
      "otpauth://totp/alice" + kSecret + "\notpauth://totp/bob?secret=MFRGGZDFMZTWQ2LK\n", "carol");
  ASSERT_EQ(users.size(), 1U);
  EXPECT_EQ(users[0].name, "carol");
  EXPECT_EQ(users[0].devices.size(), 2U);
}

TEST(OtpauthImportTest, WhatCannotBeUsedIsRefusedByLine) {
  for (const char* rest :
       {"totp/alice?secret=", "totp/alice?secret=AB9", "totp/alice", "steam/alice?secret=GEZDGNBV",
        "totp/alice?secret=GEZDGNBV&digits=5", "totp/alice?secret=GEZDGNBV&digits=9",
        "totp/alice?secret=GEZDGNBV&digits=six", "totp/alice?secret=GEZDGNBV&algorithm=MD5",
        "totp/alice?secret=GEZDGNBV&period=4", "totp/alice?secret=GEZDGNBV&period=86401",
        "hotp/alice?secret=GEZDGNBV&counter=-1"}) {
    const ImportedUsers users = UsersOf("\notpauth://" + std::string(rest));
    ASSERT_EQ(users.size(), 1U) << rest;
    EXPECT_EQ(users[0].name, "alice");
    EXPECT_THAT(users[0].refusals, ElementsAre(HasSubstr("line 2: "))) << rest;
    EXPECT_THAT(users[0].refusals[0], Not(HasSubstr("GEZDGNBV")));
  }
}

TEST(OtpauthImportTest, LinesThatAreNoUriOrNameNobodyAreRefusedAndTheOthersTaken) {
  const ImportedUsers users =
      UsersOf("https://example.com/GEZDGNBV\notpauth://totp/" + kSecret + "\notpauth://totp/alice" +
              kSecret + "\notpauth://totp/a%00b" + kSecret + "\nnothing GEZDGNBV\n");
  ASSERT_EQ(users.size(), 5U);
  EXPECT_THAT(users[0].refusals, ElementsAre("line 1: is no otpauth:// URI"));
  EXPECT_THAT(users[1].refusals, ElementsAre(HasSubstr("names no user")));
  EXPECT_THAT(users[2].refusals, IsEmpty());
  EXPECT_THAT(users[3].refusals, ElementsAre("line 4: is no otpauth:// URI"));
  EXPECT_THAT(users[4].refusals, ElementsAre("line 5: is no otpauth:// URI"));
}

TEST(OtpauthImportTest, FilesThatAreNoneAreRefusedWhole) {
  EXPECT_FALSE(ParseUris("\n# none\n", ContextFor()));
  EXPECT_FALSE(ParseUris("otpauth://totp/a?secret=" + std::string(5000, 'A'), ContextFor()));
}

// Parts of exports as Google Authenticator makes them, encoded with protoc --encode.
constexpr const char* kPart =
    "otpauth-migration://offline?data=CjUKFDEyMzQ1Njc4OTAxMjM0NTY3ODkwEhBhbGljZUBleGFtcGxlLm"
    "RlGgVCYW5rMSABKAEwAgosChRhYmNkZWZnaGlqa2xtbm9wcXJzdBIFYWxpY2UaBUJhbmsxIAMoAjABOAkQARgBK"
    "Co%3D";

TEST(MigrationImportTest, AccountsOfAPictureAreTaken) {
  const ImportedUsers users = UsersOf(kPart);
  ASSERT_EQ(users.size(), 1U);
  EXPECT_EQ(users[0].name, "alice");
  EXPECT_THAT(users[0].refusals, IsEmpty());
  ASSERT_EQ(users[0].devices.size(), 2U);
  EXPECT_EQ(users[0].devices[0].type, Type::kTotp);
  EXPECT_EQ(users[0].devices[0].secret.text(), kRfcSecret);
  EXPECT_EQ(users[0].devices[0].parameters, OtpParameters());
  EXPECT_EQ(users[0].devices[0].label, "Bank1");
  EXPECT_EQ(users[0].devices[1].type, Type::kHotp);
  EXPECT_EQ(users[0].devices[1].counter, 9U);
  EXPECT_EQ(users[0].devices[1].parameters.digits, 8);
  EXPECT_EQ(users[0].devices[1].parameters.algorithm, OtpAlgorithm::kSha512);
  EXPECT_EQ(users[0].devices[1].label, "Bank1 2");
}

TEST(MigrationImportTest, PictureThatWasScannedTwiceCountsOnce) {
  EXPECT_EQ(UsersOf(std::string(kPart) + "\n" + kPart + "\n")[0].devices.size(), 2U);
}

TEST(MigrationImportTest, UrisOfBothKindsMayStandInOneFile) {
  const ImportedUsers users =
      UsersOf("otpauth://totp/bob" + kSecret + "\n" + kPart + "\nnothing\n");
  ASSERT_EQ(users.size(), 3U);
  EXPECT_EQ(users[0].name, "bob");
  EXPECT_EQ(users[1].devices.size(), 2U);
  EXPECT_THAT(users[2].refusals, ElementsAre("line 3: is no otpauth:// URI"));
}

TEST(MigrationImportTest, UserThatIsNamedGetsAll) {
  EXPECT_EQ(UsersOf(kPart, "bob").at(0).name, "bob");
}

// Parts 0 and 1 of an export of two.
constexpr const char* kFirstOfTwo =
    "otpauth-migration://offline?data=CiEKFDEyMzQ1Njc4OTAxMjM0NTY3ODkwEgNib2IgASgBMAIQARgCK"
    "Ac%3D";
constexpr const char* kSecondOfTwo =
    "otpauth-migration://offline?data=CiMKFDEyMzQ1Njc4OTAxMjM0NTY3ODkwEgVjYXJvbCABKAEwAhABG"
    "AIgASgH";

TEST(MigrationImportTest, MissingPartOfAnExportIsRefused) {
  const auto missing = ParseUris(kFirstOfTwo, ContextFor());
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message(), HasSubstr("has 2 parts, and 1"));
  const ImportedUsers users = UsersOf(std::string(kFirstOfTwo) + "\n" + kSecondOfTwo);
  ASSERT_EQ(users.size(), 2U);
  EXPECT_EQ(users[0].name, "bob");
  EXPECT_EQ(users[1].name, "carol");
}

TEST(MigrationImportTest, WhatCannotBeUsedIsRefusedByAccount) {
  // MD5; no type; no secret; a negative counter; nobody's.
  const ImportedUsers users = UsersOf(
      "otpauth-migration://offline?data=ChUKCDEyMzQ1Njc4EgNtZDUgBCgBMAIKEwoIMTIzNDU2NzgSA3R5c"
      "CABKAEKDRIFZW1wdHkgASgBMAIKIAoIMTIzNDU2NzgSA25lZyABKAEwATj%2F%2F%2F%2F%2F%2F%2F%2F%2F%"
      "2F%2F8BChAKCDEyMzQ1Njc4IAEoATACEAEYASgB");
  ASSERT_EQ(users.size(), 5U);
  EXPECT_THAT(users[0].refusals, ElementsAre(HasSubstr("line 1, account 1: the algorithm")));
  EXPECT_THAT(users[1].refusals, ElementsAre(HasSubstr("neither TOTP nor HOTP")));
  EXPECT_THAT(users[2].refusals, ElementsAre(HasSubstr("the secret")));
  EXPECT_THAT(users[3].refusals, ElementsAre(HasSubstr("the counter")));
  EXPECT_THAT(users[4].refusals, ElementsAre(HasSubstr("names no user")));
}

TEST(MigrationImportTest, FilesThatAreNoneAreRefusedWhole) {
  for (const char* text :
       {"", "otpauth-migration://offline",
        "otpauth-migration://offline?data=", "otpauth-migration://offline?data=%21%21%21%21",
        "otpauth-migration://offline?data=AAA%3D", "otpauth-migration://online?data=CgA%3D"}) {
    EXPECT_FALSE(ParseUris(text, ContextFor())) << text;
  }
}

}  // namespace
}  // namespace twofactor
