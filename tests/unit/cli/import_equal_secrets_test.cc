// One secret twice for one user: one device comes of it, or the user is refused.
#include "cli/import/otpauth.h"
#include "cli/import/pskc.h"
#include "cli/import/users_oath.h"
#include "tests/unit/cli/import_fixture.h"

namespace twofactor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Parser = Result<ImportedUsers> (*)(std::string_view, const ImportContext&);

ImportedUser UserOf(Parser parse, const std::string& text) {
  auto users = parse(text, ContextFor());
  EXPECT_TRUE(users) << users.error().message();
  EXPECT_EQ(users->size(), 1U);
  return std::move(users->front());
}

void ExpectOne(const ImportedUser& user, const std::string& first, const std::string& second) {
  EXPECT_EQ(user.devices.size(), 1U);
  EXPECT_THAT(user.refusals, IsEmpty());
  EXPECT_THAT(user.notes, ElementsAre(first + " and " + second +
                                      " have the same secret: they are one device here"));
}

std::string Uri(const std::string& parameters, const std::string& kind = "totp",
                const std::string& label = "lab:alice") {
  return "otpauth://" + kind + "/" + label + "?secret=" + std::string(kRfcBase32) + parameters +
         "\n";
}

TEST(ImportEqualSecretsTest, LineThatIsKeptTwiceIsOneDevice) {
  ExpectOne(UserOf(ParseUsersOath, "HOTP/T30/6 alice - " + std::string(kRfcHex) + "\n# no line\n" +
                                       "HOTP/T30\talice\t-\t" + std::string(kRfcHex) + "\n"),
            "line 1", "line 3");
}

TEST(ImportEqualSecretsTest, PictureThatWasScannedTwiceIsOneDevice) {
  ExpectOne(UserOf(ParseUris, Uri("&issuer=lab") + Uri("&issuer=lab")), "line 1", "line 2");
  ExpectOne(UserOf(ParseUris, Uri("&issuer=lab") + Uri("", "totp", "alice%40nas1")), "line 1",
            "line 2");
}

TEST(ImportEqualSecretsTest, CardThatStandsTwiceInAnExportIsOneDevice) {
  ExpectOne(UserOf(ParseUris,
                   "otpauth-migration://"
                   "offline?data=Ci0KFDEyMzQ1Njc4OTAxMjM0NTY3ODkwEgphbGljZUBuYXMxGgNsYWIgASgB"
                   "MAIKLQoUMTIzNDU2Nzg5MDEyMzQ1Njc4OTASCmFsaWNlQG5hczEaA2xhYiAB"
                   "KAEwAhABGAEgACgH"),
            "line 1, account 1", "line 1, account 2");
}

TEST(ImportEqualSecretsTest, KeyPackageThatStandsTwiceIsOneDevice) {
  const auto package = [](const std::string& id) {
    return "\n<KeyPackage><DeviceInfo><UserId>UID=alice</UserId></DeviceInfo><Key Id=\"" + id +
           "\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:totp\"><Issuer>lab</Issuer>"
           "<AlgorithmParameters><ResponseFormat Length=\"6\" Encoding=\"DECIMAL\"/>"
           "</AlgorithmParameters><Data><Secret><PlainValue>"
           "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret></Data></Key></KeyPackage>";
  };
  const auto parse = [](std::string_view text, const ImportContext& context) {
    return ParsePskc(text, context, {});
  };
  const auto user = UserOf(parse, "<KeyContainer xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\">" +
                                      package("4") + package("7") + "</KeyContainer>");
  ExpectOne(user, "line 2, key 4", "line 3, key 7");
}

TEST(ImportEqualSecretsTest, CounterGoesOnFromTheHigherOne) {
  const auto user = UserOf(ParseUris, Uri("&counter=9", "hotp") + Uri("&counter=4", "hotp"));
  ExpectOne(user, "line 1", "line 2");
  EXPECT_EQ(user.devices[0].counter, 9U);
}

TEST(ImportEqualSecretsTest, OneSecretForDifferentCodesIsRefusedWithBothPlaces) {
  for (const auto& other :
       {Uri("&digits=8"), Uri("&period=60"), Uri("&algorithm=SHA256"), Uri("&counter=1", "hotp")}) {
    const auto user = UserOf(ParseUris, Uri("") + other);
    EXPECT_THAT(user.refusals,
                ElementsAre(HasSubstr("line 1 and line 2 have the same secret, but not")))
        << other;
  }
}

TEST(ImportEqualSecretsTest, TwoUsersMayHaveOneSecret) {
  const auto users = ParseUris(Uri("") + Uri("", "totp", "lab:bob"), ContextFor());
  ASSERT_TRUE(users);
  ASSERT_EQ(users->size(), 2U);
  for (const ImportedUser& user : *users) {
    EXPECT_EQ(user.devices.size(), 1U);
    EXPECT_THAT(user.notes, IsEmpty());
  }
}

}  // namespace
}  // namespace twofactor
