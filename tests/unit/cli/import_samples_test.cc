// What people bring (tests/samples): each kind of file, and what it must give.
#include <fstream>
#include <set>
#include <sstream>
#include <tuple>

#include "cli/import/encodings.h"
#include "cli/import/format.h"
#include "cli/import/gather.h"
#include "common/otp/code.h"
#include "tests/unit/cli/import_fixture.h"

namespace twofactor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Type = ImportedDevice::Type;

std::string ReadSample(const std::string& name) {
  const std::ifstream file(std::string(TWOFACTOR_SAMPLES) + "/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class SamplesTest : public testing::Test {
 protected:
  // The system knows these.
  void Know(const std::set<std::string>& users) {
    context_.knows = [users](const std::string& name) { return users.count(name) != 0; };
  }
  Result<ImportedUsers> TryText(const std::string& text) {
    const auto format = GuessFormat(text);
    if (!format) {
      return Fail(ErrorCode::kInvalidParams, "the format is not clear");
    }
    return ParseImport(*format, text, context_, [this](PskcKeyKind) -> Result<SecretBytes> {
      return std::move(*DecodeHex(key_));
    });
  }
  ImportedUsers ParseText(const std::string& text) {
    auto users = TryText(text);
    EXPECT_TRUE(users) << users.error().message() << text;
    return users ? std::move(*users) : ImportedUsers();
  }
  ImportedUsers Parse(const std::string& sample) { return ParseText(ReadSample(sample)); }
  // The device of a file that has one, and that alone.
  ImportedDevice OnlyDevice(const std::string& text, const std::string& user = "alice") {
    ImportedUsers users = ParseText(text);
    EXPECT_EQ(users.size(), 1U) << text;
    if (users.empty() || users[0].devices.size() != 1) {
      ADD_FAILURE() << text << (users.empty() ? "" : testing::PrintToString(users[0].refusals));
      return {};
    }
    EXPECT_EQ(users[0].name, user);
    EXPECT_THAT(users[0].refusals, IsEmpty()) << text;
    return std::move(users[0].devices[0]);
  }
  std::vector<std::string> RefusalsOf(const std::string& text) {
    const ImportedUsers users = ParseText(text);
    return users.size() == 1 ? users[0].refusals : std::vector<std::string>{"not one user"};
  }

  ImportContext context_ = ContextFor();
  std::string key_;
};

std::vector<std::string> NamesOf(const ImportedUsers& users) {
  std::vector<std::string> names;
  for (const ImportedUser& user : users) {
    EXPECT_THAT(user.refusals, IsEmpty());
    names.push_back(user.name);
  }
  return names;
}

const std::string kUri = "otpauth://totp/x:alice?secret=5MRL6DZHWVTLLPXMICOPIIZ64EET3VJ2";

std::string Utf16(const std::string& text, bool little) {
  std::string utf16 = little ? "\xFF\xFE" : "\xFE\xFF";
  for (const char character : text) {
    utf16 += little ? std::string{character, '\0'} : std::string{'\0', character};
  }
  return utf16;
}

TEST_F(SamplesTest, ByteOrderMarkIsNoPartOfAFile) {
  EXPECT_THAT(NamesOf(Parse("bom/bom_crlf")), ElementsAre("alice", "bob"));
  EXPECT_THAT(NamesOf(Parse("bom/migration-bom")), ElementsAre("alice"));
  EXPECT_THAT(NamesOf(Parse("bom/users.oath-bom")), ElementsAre("alice", "bob"));
  EXPECT_THAT(NamesOf(Parse("bom/users.oath-bom-comment")), ElementsAre("alice"));
  const std::string mark = "\xEF\xBB\xBF";
  const std::string pskc = ReadSample("pskc-vendor-no-user/mixed_nouser.xml");
  context_.user = "alice";
  context_.skip_unusable = true;
  OnlyDevice(mark + pskc);
  OnlyDevice(mark + ReadSample("homes/google_authenticator"));
}

TEST_F(SamplesTest, Utf16IsReadAsWindowsWritesIt) {
  for (const bool little : {true, false}) {
    OnlyDevice(Utf16(kUri + "\r\n", little));
    OnlyDevice(Utf16("HOTP alice - 00\r\n", little));
    context_.user = "alice";
    context_.choice.serial = "2600000000103";
    std::string pskc = ReadSample("pskc-vendor-no-user/many_no_user.xml");
    OnlyDevice(Utf16(pskc.replace(pskc.find("UTF-8"), 5, "UTF-16"), little));
    context_.choice = {};
  }
}

TEST_F(SamplesTest, ExactNameIsTriedBeforeAnythingIsCut) {
  Know({"bob", "bob@corp.example"});
  EXPECT_THAT(NamesOf(Parse("fq-login-name/aduser")), ElementsAre("bob@corp.example"));
  Know({"bob"});
  EXPECT_THAT(NamesOf(Parse("fq-login-name/aduser")), ElementsAre("bob"));
  context_.host = "db";
  Know({"svc", "svc-db"});
  EXPECT_THAT(NamesOf(Parse("fq-login-name/svcdb")), ElementsAre("svc-db"));
  Know({"svc"});
  EXPECT_THAT(NamesOf(Parse("fq-login-name/svcdb")), ElementsAre("svc"));
}

TEST_F(SamplesTest, IssuersMayHoldColonsAndOurOwnUriIsOfItsHost) {
  Know({"alice", "bob@corp.example"});
  const std::string secret = "?secret=5MRL6DZHWVTLLPXMICOPIIZ64EET3VJ2";
  OnlyDevice("otpauth://totp/Corp%3AEU:alice" + secret + "&issuer=Corp%3AEU");
  OnlyDevice("otpauth://totp/Corp:EU:alice@place" + secret);
  context_.host = "nas1.example.com";
  for (const char* account : {"alice-nas1", "alice-nas1.example.com", "alice-nas1@TwoFactor"}) {
    OnlyDevice("otpauth://totp/TwoFactor:" + std::string(account) + secret + "&issuer=TwoFactor");
  }
  OnlyDevice("otpauth://totp/TwoFactor:bob%40corp.example-nas1" + secret, "bob@corp.example");
}

TEST_F(SamplesTest, HotpWithoutACounterBeginsAtZeroWithANote) {
  const ImportedUsers users = Parse("hotp-without-counter/hotp_nocounter");
  ASSERT_EQ(users.size(), 1U);
  EXPECT_THAT(users[0].refusals, IsEmpty());
  EXPECT_EQ(users[0].devices.at(0).counter, 0U);
  EXPECT_THAT(users[0].notes, ElementsAre(HasSubstr("has no counter: taken as 0")));
}

TEST_F(SamplesTest, ParameterThatIsNotUnderstoodIsRefusedAndNeverADefault) {
  EXPECT_THAT(RefusalsOf(ReadSample("html-amp/amp")), ElementsAre(HasSubstr("'amp;issuer'")));
  for (const char* rest :
       {"&amp;digits=8", "&amp%3Bdigits=8", "&digit=8", "&interval=60", "&algo=SHA256", "&=8",
        "&digits=6&digits=8", "&digits=", "&period=", "&algorithm=", "&digits=8;period=60",
        "&encoder=steam", "&pin=1234", "&period=30.5", "&algorithm=SHA", "&algorithm=SHA3-256",
        "#digits=8", "&#38;digits=8"}) {
    EXPECT_EQ(RefusalsOf(kUri + rest).size(), 1U) << rest;
  }
}

TEST_F(SamplesTest, SpellingsThatCanMeanOnlyOneThingAreTaken) {
  for (const char* name :
       {"SHA256", "sha256", "SHA-256", "HmacSHA256", "HMAC-SHA-256", "hmac_sha256", "HMACSHA256"}) {
    EXPECT_EQ(OnlyDevice(kUri + "&algorithm=" + name).parameters.algorithm, OtpAlgorithm::kSha256)
        << name;
  }
  EXPECT_EQ(
      OnlyDevice("OTPAUTH://TOTP/X:alice?SECRET=5MRL6DZHWVTLLPXM&DIGITS=8&PERIOD=60").parameters,
      (OtpParameters{OtpAlgorithm::kSha1, 8, std::chrono::seconds(60)}));
  OnlyDevice("QR-Code:" + kUri);
  OnlyDevice(kUri + "&image=https%3A%2F%2Fexample.com%2Fa.png&digits=6&digits=6");
}

TEST_F(SamplesTest, LabelsThatAreNotEscapedAreReadAsAppsReadThem) {
  Know({"alice", "CORP\\alice"});
  EXPECT_THAT(NamesOf(Parse("label-not-escaped/adback_raw")), ElementsAre("CORP\\alice"));
  for (const char* sample :
       {"issuer_brackets", "label_paren", "label_space", "label_utf8_raw", "spaces_raw"}) {
    OnlyDevice(ReadSample("label-not-escaped/" + std::string(sample)));
  }
  for (const char* label : {"100%:alice", "a|b:alice", "C#:alice", "{x}:alice", "<x>:alice",
                            "a^b`c:alice", "a \"b\":alice", "M\xC3\xBCller:alice"}) {
    EXPECT_EQ(OnlyDevice("otpauth://totp/" + std::string(label) + "?secret=GEZDGNBV").source,
              label);
  }
}

TEST_F(SamplesTest, DevicesOfAPhoneAreToldApartAndChosen) {
  Know({"alice"});
  for (const char* sample : {"phone-export/export_all", "phone-export/phone"}) {
    context_.choice = {};
    const ImportedUsers all = Parse(sample);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_GE(all[0].devices.size(), 4U);
    EXPECT_EQ(all[0].devices[0].label, "GitHub");
    EXPECT_EQ(all[0].devices[0].source, "GitHub:alice@mail.example");
    context_.choice.issuer = "LAB";
    EXPECT_EQ(OnlyDevice(ReadSample(sample)).label, "lab");
    context_.choice = {};
    context_.choice.only = "*lab*";
    EXPECT_EQ(OnlyDevice(ReadSample(sample)).label, "lab");
    context_.choice.only = "nothing";
    EXPECT_THAT(TryText(ReadSample(sample)).error().message(), HasSubstr("what was chosen"));
  }
  context_.choice = {};
  context_.choice.label = "*:alice";
  EXPECT_EQ(OnlyDevice(ReadSample("phone-export/export_all")).label, "lab");
}

TEST_F(SamplesTest, NumbersOfPskcMayBeEncryptedOrBase64) {
  key_ = ReadSample("pskc-encrypted-numbers/key.hex");
  key_ = key_.substr(0, 32);
  for (const char* sample : {"enc_counter.xml", "enc_counter_be.xml"}) {
    const ImportedDevice device =
        OnlyDevice(ReadSample("pskc-encrypted-numbers/" + std::string(sample)));
    EXPECT_EQ(device.type, Type::kHotp);
    EXPECT_EQ(device.counter, 5U) << sample;
  }
  const ImportedDevice timed = OnlyDevice(ReadSample("pskc-encrypted-numbers/enc_time.xml"));
  EXPECT_EQ(timed.type, Type::kTotp);
  EXPECT_EQ(timed.parameters.interval, std::chrono::seconds(60));
  EXPECT_EQ(timed.skew, 0);
}

// A key of a box of tokens, with `more` in its Data and `parameters` for its algorithm.
std::string PlainKey(const std::string& more, const std::string& parameters = "",
                     const std::string& issuer = "I", const std::string& kind = "totp") {
  return "<KeyContainer xmlns='urn:ietf:params:xml:ns:keyprov:pskc'><KeyPackage><Key Id='1' "
         "Algorithm='urn:ietf:params:xml:ns:keyprov:pskc:" +
         kind + "'><Issuer>" + issuer + "</Issuer><AlgorithmParameters>" + parameters +
         "<ResponseFormat Length='6' Encoding='DECIMAL'/></AlgorithmParameters><Data><Secret>"
         "<PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>" +
         more +
         "</Data><UserId>CN=A. Smith,UID=alice,DC=example</UserId></Key></KeyPackage>"
         "</KeyContainer>";
}

std::string Number(const std::string& name, const std::string& value) {
  return "<" + name + "><PlainValue>" + value + "</PlainValue></" + name + ">";
}

TEST_F(SamplesTest, NumbersOfPskcInBase64AreThoseNumbers) {
  EXPECT_EQ(OnlyDevice(PlainKey(Number("Counter", "NQ=="), "", "I", "hotp")).counter, 5U);
  EXPECT_EQ(OnlyDevice(PlainKey(Number("Counter", "AAAAAAAAAAU="), "", "I", "hotp")).counter, 5U);
  EXPECT_EQ(OnlyDevice(PlainKey(Number("TimeInterval", "NjA="))).parameters.interval,
            std::chrono::seconds(60));
  EXPECT_EQ(RefusalsOf(PlainKey(Number("TimeInterval", "abcd"))).size(), 1U);
}

TEST_F(SamplesTest, ElementOfPskcThatIsNotUnderstoodIsRefusedAndNeverADefault) {
  key_ = ReadSample("pskc-suite-attribute/key.hex");
  key_ = key_.substr(0, 32);
  context_.user = "alice";
  EXPECT_EQ(
      OnlyDevice(ReadSample("pskc-suite-attribute/suite_attr_sha256.xml")).parameters.algorithm,
      OtpAlgorithm::kSha256);
  for (const char* parameters :
       {"<Suite hash='sha256'/>", "<Suite hashalgo='md5'/>", "<Hash>SHA256</Hash>",
        "<Suite><Name>SHA256</Name></Suite>", "<Suite>SHA1</Suite><Suite>SHA256</Suite>",
        "<ChallengeFormat Length='8' Encoding='DECIMAL' Min='1' Max='2'/>", "<Extensions/>",
        "<ResponseFormat Length='8'/>"}) {
    EXPECT_EQ(RefusalsOf(PlainKey("", parameters)).size(), 1U) << parameters;
  }
  for (const char* numbers :
       {"<TimeInterval unit='min'><PlainValue>30</PlainValue></TimeInterval>",
        "<TimeInterval><PlainValue unit='min'>30</PlainValue></TimeInterval>"}) {
    EXPECT_EQ(RefusalsOf(PlainKey(numbers)).size(), 1U) << numbers;
  }
  std::string with_an_attribute = PlainKey("");
  with_an_attribute.replace(with_an_attribute.find("<Key "), 5, "<Key Hash='SHA256' ");
  EXPECT_EQ(RefusalsOf(with_an_attribute).size(), 1U);
  EXPECT_EQ(RefusalsOf(PlainKey(Number("Interval", "60"))).size(), 1U);
  EXPECT_THAT(RefusalsOf(PlainKey(Number("Counter", "5"))), IsEmpty());
}

TEST_F(SamplesTest, ExportOfPrivacyIdeaIsReadWithItsSmallLettersAndFloats) {
  std::string small = PlainKey(Number("Time", "0") + Number("TimeDrift", "-60.0"),
                               "<Suite hashalgo='sha1'/>", "privacyIDEA");
  // Names alone: values and namespaces are what they are.
  for (const char* name : {"KeyContainer", "KeyPackage", "Algorithm=", "Id=", "Data>", "Secret>",
                           "AlgorithmParameters>", "ResponseFormat", "PlainValue>", "TimeDrift>",
                           "UserId>", "Length=", "Encoding=", "Issuer>", "Key ", "Key>"}) {
    std::string lower = name;
    for (char& letter : lower) {
      letter = static_cast<char>(std::tolower(letter));
    }
    for (std::size_t at = 0; (at = small.find(name, at)) != std::string::npos;) {
      small.replace(at, lower.size(), lower);
    }
  }
  EXPECT_EQ(OnlyDevice(small).skew, -2);
  EXPECT_EQ(OnlyDevice(PlainKey(Number("TimeDrift", "2.0"))).skew, 2);
  EXPECT_EQ(RefusalsOf(PlainKey(Number("TimeDrift", "0.5"))).size(), 1U);
}

TEST_F(SamplesTest, TokensOfABoxAreGivenBySerialOrByAMap) {
  const std::string box = ReadSample("pskc-vendor-no-user/many_no_user.xml");
  EXPECT_THAT(ParseText(box).at(0).refusals, ElementsAre(HasSubstr("names no user")));
  context_.user = "alice";
  context_.choice.serial = "2600000000103";
  EXPECT_EQ(OnlyDevice(box).label, "2600000000103");
  context_ = ContextFor();
  context_.choice.map =
      ParseUserMap("\xEF\xBB\xBFserial,user\r\n2600000000101,alice\r\n\"2600000000102\",bob\r\n")
          .value();
  EXPECT_THAT(NamesOf(ParseText(box)), ElementsAre("alice", "bob"));
  context_.choice.map = std::map<std::string, std::string>{{"42", "carol"}};
  EXPECT_THAT(RefusalsOf(box), ElementsAre(HasSubstr("'42', which is not in the file")));
}

TEST_F(SamplesTest, MapThatIsNotClearIsRefusedByLine) {
  for (const char* text :
       {"1,alice\n2\n", "1,alice\n,bob\n", "1,alice\n1,bob\n", "1,a,b\n", "\"1,alice\n"}) {
    EXPECT_THAT(ParseUserMap(text).error().message(), HasSubstr("line ")) << text;
  }
  EXPECT_EQ(ParseUserMap("# box 7\n\n1,alice\n1,alice\n").value().size(), 1U);
}

TEST_F(SamplesTest, KeyThatCannotBeUsedIsSkippedWhereThatIsAskedFor) {
  const std::string mixed = ReadSample("pskc-vendor-no-user/mixed_nouser.xml");
  context_.user = "alice";
  EXPECT_EQ(RefusalsOf(mixed).size(), 1U);
  context_.skip_unusable = true;
  const ImportedUsers users = ParseText(mixed);
  EXPECT_THAT(users.at(0).refusals, IsEmpty());
  EXPECT_EQ(users[0].devices.size(), 1U);
  EXPECT_THAT(users[0].notes, ElementsAre(HasSubstr("skipped line 2, key 9: its Algorithm")));
  context_.skip_unusable = false;
  context_.choice.serial = "2600000000001";
  OnlyDevice(mixed);
}

TEST_F(SamplesTest, ExpiredKeysAreTakenWhereThatIsAskedFor) {
  std::string text = PlainKey("");
  text.insert(text.find("<UserId>"),
              "<Policy><ExpiryDate>2020-01-01T00:00:00Z</ExpiryDate></Policy>");
  EXPECT_THAT(RefusalsOf(text), ElementsAre(HasSubstr("--allow-expired")));
  context_.allow_expired = true;
  EXPECT_EQ(ParseText(text).at(0).devices.size(), 1U);
}

TEST_F(SamplesTest, Base64OfAMigrationIsReadInBothAlphabetsAndWithoutPadding) {
  const std::string text = ReadSample("phone-export/phone");
  for (const auto& [what, with] :
       {std::pair{"+", "-"}, std::pair{"/", "_"}, std::pair{"+", " "}, std::pair{"=", ""}}) {
    std::string changed = text;
    for (std::size_t at = 50; (at = changed.find(what, at)) != std::string::npos;) {
      changed.replace(at, 1, with);
    }
    Know({"alice"});
    EXPECT_EQ(ParseText(changed).at(0).devices.size(), 4U) << what;
  }
}

TEST_F(SamplesTest, LengthOfTheLastCodeIsTheDevices) {
  // RFC 4226: the codes of counter 0, of 8 digits and of 6.
  const std::string line = "HOTP/E/8 alice - " + std::string(kRfcHex);
  EXPECT_EQ(OnlyDevice(line + " 0 755224 2020-01-01T00:00:00L").parameters.digits, 6);
  EXPECT_EQ(OnlyDevice(line + " 0 84755224 2020-01-01T00:00:00L").parameters.digits, 8);
  EXPECT_THAT(ParseText(line).at(0).notes, ElementsAre(HasSubstr("pam_oath ignores that")));
}

TEST_F(SamplesTest, LastLoginInTheFutureIsNoMatterOfACounter) {
  const ImportedUsers users =
      ParseText("HOTP alice - " + std::string(kRfcHex) + " 0 755224 2050-01-01T00:00:00L");
  EXPECT_THAT(users.at(0).refusals, IsEmpty());
  EXPECT_EQ(users[0].devices.at(0).counter, 1U);
  EXPECT_THAT(users[0].notes, ElementsAre(HasSubstr("yet to come")));
}

TEST_F(SamplesTest, AppsExportsAreReadPlainAndEncrypted) {
  context_.skip_unusable = true;
  context_.choice.issuer = "lab";
  for (const char* app : {"aegis.json", "aegis-encrypted.json", "2fas.json", "2fas-encrypted.json",
                          "andotp.json", "andotp.json.aes", "freeotp.json", "bitwarden.json",
                          "bitwarden-encrypted.json", "keepassxc.csv"}) {
    const std::string text = ReadSample("apps/" + std::string(app));
    const bool binary = std::string(app).ends_with(".aes");
    const auto format = binary ? ImportFormat::kAndOtp : GuessFormat(text);
    ASSERT_TRUE(format) << app;
    EXPECT_TRUE(IsWholePhone(*format));
    for (const char* passphrase : {"qwertz", "qwerty"}) {
      const auto users = ParseImport(*format, text, context_, [&](PskcKeyKind kind) {
        EXPECT_EQ(kind, PskcKeyKind::kPassphrase);
        return SecretBytes::CopyOf(passphrase);
      });
      const bool encrypted = binary || std::string(app).find("encrypted") != std::string::npos;
      if (encrypted && std::string(passphrase) == "qwertz") {
        EXPECT_FALSE(users) << app;
        continue;
      }
      ASSERT_TRUE(users) << app << users.error().message();
      ASSERT_EQ(users->size(), 1U) << app;
      const ImportedUser& user = users->front();
      EXPECT_EQ(user.name, "alice");
      EXPECT_THAT(user.refusals, IsEmpty()) << app;
      ASSERT_FALSE(user.devices.empty()) << app;
      EXPECT_EQ(user.devices[0].secret.text(), kRfcSecret) << app;
      EXPECT_EQ(user.devices[0].parameters,
                (OtpParameters{OtpAlgorithm::kSha256, 8, std::chrono::seconds(60)}))
          << app;
      EXPECT_EQ(user.devices[0].label, "lab");
      EXPECT_EQ(user.devices[0].source, "lab:alice") << app;
    }
  }
}

TEST_F(SamplesTest, WhatAnAppHasBesideIsSkippedWithANote) {
  context_.skip_unusable = true;
  const ImportedUsers users = ParseText(ReadSample("apps/aegis.json"));
  ASSERT_EQ(users.size(), 1U);
  EXPECT_EQ(users[0].devices.size(), 2U);
  EXPECT_EQ(users[0].devices[1].counter, 7U);
  EXPECT_THAT(users[0].notes, ElementsAre(HasSubstr("skipped account 3: is neither TOTP nor")));
}

TEST_F(SamplesTest, MemberOfAnAppThatIsNotUnderstoodIsRefusedAndNeverADefault) {
  for (const auto& [sample, what, with] :
       {std::tuple{"aegis.json", "\"algo\"", "\"hash\""},
        std::tuple{"2fas.json", "\"digits\"", "\"length\""},
        std::tuple{"andotp.json", "\"period\"", "\"interval\""},
        std::tuple{"freeotp.json", "\"algo\"", "\"algorithm\""},
        std::tuple{"bitwarden.json", "&digits", "&amp;digits"}}) {
    std::string text = ReadSample("apps/" + std::string(sample));
    text.replace(text.find(what), std::string(what).size(), with);
    const ImportedUsers users = ParseText(text);
    EXPECT_THAT(users.at(0).refusals.at(0), HasSubstr("is not understood")) << sample;
  }
}

TEST_F(SamplesTest, JsonThatIsTooDeepIsNone) {
  EXPECT_FALSE(GuessFormat(std::string(1'000'000, '[')));
  EXPECT_FALSE(ParseImport(ImportFormat::kAndOtp,
                           std::string(100'000, '[') + std::string(100'000, ']'), context_,
                           nullptr));
}

TEST_F(SamplesTest, SecretThatStandsThereTwiceIsOneDevice) {
  Know({"alice", "dave"});
  OnlyDevice(ReadSample("same-secret-twice/two_same"));
  OnlyDevice(ReadSample("same-secret-twice/dup.users.oath"));
  OnlyDevice(ReadSample("same-secret-twice/same_secret_two_issuers"), "dave");
}

TEST_F(SamplesTest, LineEndsMarksAndBlanksAreNoPartOfATypedCode) {
  for (const char* sample : {"crlf", "nbsp", "powershell"}) {
    EXPECT_EQ(ParseCode(ReadSample("typed-codes/" + std::string(sample))).text(), "123456")
        << sample;
  }
}

TEST_F(SamplesTest, NamesOfUsersAreReadAsGetentWritesThem) {
  EXPECT_THAT(NamesIn("\xEF\xBB\xBF"
                      "alice\r\n\n# nobody\nbob@corp.example\n"),
              ElementsAre("alice", "bob@corp.example"));
  EXPECT_THAT(NamesIn("staff:x:50:alice,bob\nempty:x:51:\n"), ElementsAre("alice", "bob"));
  EXPECT_THAT(NamesIn("carol:x:1000:1000::/home/carol:/bin/sh\n"), ElementsAre("carol"));
}

}  // namespace
}  // namespace twofactor
