// PSKC: the figures of RFC 6030, plain and encrypted.
#include "cli/import/pskc.h"

#include <openssl/evp.h>

#include "cli/import/encodings.h"
#include "cli/import/file_crypto.h"
#include "tests/unit/cli/import_fixture.h"

namespace twofactor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Type = ImportedDevice::Type;

// RFC 6030, figure 6: AES-128-CBC with the key 12345678901234567890123456789012 (hexadecimal).
constexpr const char* kFigure6 = R"(<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0"
    xmlns="urn:ietf:params:xml:ns:keyprov:pskc"
    xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
    xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">
  <EncryptionKey>
    <ds:KeyName>Pre-shared-key</ds:KeyName>
  </EncryptionKey>
  <MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1">
    <MACKey>
      <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
      <xenc:CipherData>
        <xenc:CipherValue>
          ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX
        </xenc:CipherValue>
      </xenc:CipherData>
    </MACKey>
  </MACMethod>
  <KeyPackage>
    <DeviceInfo>
      <Manufacturer>Manufacturer</Manufacturer>
      <SerialNo>987654321</SerialNo>
    </DeviceInfo>
    <CryptoModuleInfo><Id>CM_ID_001</Id></CryptoModuleInfo>
    <Key Id="12345678" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp">
      <Issuer>Issuer</Issuer>
      <AlgorithmParameters>
        <ResponseFormat Length="8" Encoding="DECIMAL"/>
      </AlgorithmParameters>
      <Data>
        <Secret>
          <EncryptedValue>
            <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
            <xenc:CipherData>
              <xenc:CipherValue>
                AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv
              </xenc:CipherValue>
            </xenc:CipherData>
          </EncryptedValue>
          <ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=
          </ValueMAC>
        </Secret>
        <Counter><PlainValue>0</PlainValue></Counter>
      </Data>
    </Key>
  </KeyPackage>
</KeyContainer>
)";

// RFC 6030, figure 7: a key that is derived from the passphrase "qwerty".
constexpr const char* kFigure7 = R"(<?xml version="1.0" encoding="UTF-8"?>
<pskc:KeyContainer
    xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc"
    xmlns:xenc11="http://www.w3.org/2009/xmlenc11#"
    xmlns:pkcs5="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#"
    xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Version="1.0">
  <pskc:EncryptionKey>
    <xenc11:DerivedKey>
      <xenc11:KeyDerivationMethod
          Algorithm="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2">
        <pkcs5:PBKDF2-params>
          <Salt><Specified>Ej7/PEpyEpw=</Specified></Salt>
          <IterationCount>1000</IterationCount>
          <KeyLength>16</KeyLength>
          <PRF/>
        </pkcs5:PBKDF2-params>
      </xenc11:KeyDerivationMethod>
      <xenc:ReferenceList><xenc:DataReference URI="#ED"/></xenc:ReferenceList>
      <xenc11:MasterKeyName>My Password 1</xenc11:MasterKeyName>
    </xenc11:DerivedKey>
  </pskc:EncryptionKey>
  <pskc:MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1">
    <pskc:MACKey>
      <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
      <xenc:CipherData>
        <xenc:CipherValue>
2GTTnLwM3I4e5IO5FkufoOEiOhNj91fhKRQBtBJYluUDsPOLTfUvoU2dStyOwYZx
        </xenc:CipherValue>
      </xenc:CipherData>
    </pskc:MACKey>
  </pskc:MACMethod>
  <pskc:KeyPackage>
    <pskc:DeviceInfo>
      <pskc:Manufacturer>TokenVendorAcme</pskc:Manufacturer>
      <pskc:SerialNo>987654321</pskc:SerialNo>
    </pskc:DeviceInfo>
    <pskc:CryptoModuleInfo><pskc:Id>CM_ID_001</pskc:Id></pskc:CryptoModuleInfo>
    <pskc:Key Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp" Id="123456">
      <pskc:Issuer>Example-Issuer</pskc:Issuer>
      <pskc:AlgorithmParameters>
        <pskc:ResponseFormat Length="8" Encoding="DECIMAL"/>
      </pskc:AlgorithmParameters>
      <pskc:Data>
        <pskc:Secret>
          <pskc:EncryptedValue Id="ED">
            <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
            <xenc:CipherData>
              <xenc:CipherValue>
      oTvo+S22nsmS2Z/RtcoF8Hfh+jzMe0RkiafpoDpnoZTjPYZu6V+A4aEn032yCr4f
              </xenc:CipherValue>
            </xenc:CipherData>
          </pskc:EncryptedValue>
          <pskc:ValueMAC>LP6xMvjtypbfT9PdkJhBZ+D6O4w=
          </pskc:ValueMAC>
        </pskc:Secret>
      </pskc:Data>
    </pskc:Key>
  </pskc:KeyPackage>
</pskc:KeyContainer>
)";

constexpr const char* kRfcSecretText = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=";

// A plain container like figure 3's, with `key` between the tags of its Key.
std::string Container(const std::string& key, const std::string& kind = "hotp",
                      const std::string& device = "") {
  return R"(<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">)"
         "<KeyPackage><DeviceInfo><SerialNo>987654321</SerialNo>" +
         device +
         "</DeviceInfo><Key Id=\"12345678\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:" +
         kind + "\">" + key + "</Key></KeyPackage></KeyContainer>";
}

std::string Data(const std::string& more = "", const std::string& secret = kRfcSecretText) {
  return "<Data><Secret><PlainValue>" + secret + "</PlainValue></Secret>" + more + "</Data>";
}

std::string Value(const std::string& name, const std::string& value) {
  return "<" + name + "><PlainValue>" + value + "</PlainValue></" + name + ">";
}

std::string Replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

Result<SecretBytes> NobodyAsks(PskcKeyKind) {
  ADD_FAILURE() << "a key was asked for";
  return Fail(ErrorCode::kInternal, "unexpected");
}

AskPskcKey GiveKey(PskcKeyKind kind, const std::string& text) {
  return [kind, text](PskcKeyKind asked) -> Result<SecretBytes> {
    EXPECT_EQ(asked, kind);
    if (kind == PskcKeyKind::kPassphrase) {
      return SecretBytes::CopyOf(text);
    }
    return std::move(*DecodeHex(text));
  };
}

ImportedUsers ParseContainer(const std::string& text, const AskPskcKey& ask = NobodyAsks,
                             const std::string& user = "alice") {
  auto users = ParsePskc(text, ContextFor(user), ask);
  EXPECT_TRUE(users) << users.error().message();
  return users ? std::move(*users) : ImportedUsers();
}

std::vector<std::string> RefusalsOf(const std::string& text) {
  const ImportedUsers users = ParseContainer(text);
  return users.size() == 1 ? users[0].refusals : std::vector<std::string>{"not one user"};
}

std::string FailureOf(const std::string& text, const AskPskcKey& ask = NobodyAsks) {
  const auto users = ParsePskc(text, ContextFor("alice"), ask);
  return users ? "none" : users.error().message();
}

const std::string kFigure6Key = "12345678901234567890123456789012";

TEST(PskcImportTest, Figure6OpensWithItsPreSharedKey) {
  const ImportedUsers users =
      ParseContainer(kFigure6, GiveKey(PskcKeyKind::kPreShared, kFigure6Key));
  ASSERT_EQ(users.size(), 1U);
  EXPECT_THAT(users[0].refusals, IsEmpty());
  const ImportedDevice& device = users[0].devices.at(0);
  EXPECT_EQ(device.secret.text(), kRfcSecret);
  EXPECT_EQ(device.type, Type::kHotp);
  EXPECT_EQ(device.parameters.digits, 8);
  EXPECT_EQ(device.counter, 0U);
  EXPECT_EQ(device.label, "987654321");
}

TEST(PskcImportTest, Figure7OpensWithItsPassphrase) {
  const ImportedUsers users = ParseContainer(kFigure7, GiveKey(PskcKeyKind::kPassphrase, "qwerty"));
  ASSERT_EQ(users.size(), 1U);
  EXPECT_THAT(users[0].refusals, IsEmpty());
  // As the RFC's authors encrypted it: these bytes, and not their digits.
  EXPECT_EQ(users[0].devices.at(0).secret.text(), kRfcSecret);
}

TEST(PskcImportTest, WrongKeysOpenNothing) {
  EXPECT_THAT(
      FailureOf(kFigure6, GiveKey(PskcKeyKind::kPreShared, "12345678901234567890123456789013")),
      HasSubstr("the key is wrong"));
  EXPECT_THAT(FailureOf(kFigure6, GiveKey(PskcKeyKind::kPreShared, "1234")),
              HasSubstr("needs a key of 16 bytes, and the one given has 2"));
  EXPECT_THAT(FailureOf(kFigure7, GiveKey(PskcKeyKind::kPassphrase, "qwertz")),
              HasSubstr("the key is wrong"));
}

TEST(PskcImportTest, ChangedValueIsRefusedByItsMac) {
  const auto key = GiveKey(PskcKeyKind::kPreShared, kFigure6Key);
  for (const auto& [what, with] :
       {std::pair{"AAECAwQFBgcICQoL", "BAECAwQFBgcICQoL"}, std::pair{"Su+NvtQf", "Su+NvtQe"},
        std::pair{"ValueMAC>Su", "Nothing>Su"}}) {
    std::string text = Replaced(kFigure6, what, with);
    if (text.find("<Nothing>") != std::string::npos) {
      text = Replaced(text, "</ValueMAC>", "</Nothing>");
    }
    const ImportedUsers users = ParseContainer(text, key);
    EXPECT_THAT(users[0].refusals, ElementsAre(HasSubstr("has no right ValueMAC"))) << what;
    EXPECT_THAT(users[0].devices, IsEmpty());
  }
}

TEST(PskcImportTest, EncryptionThatIsNotKnownOrNotCheckedIsRefused) {
  const auto key = GiveKey(PskcKeyKind::kPreShared, kFigure6Key);
  EXPECT_THAT(FailureOf(Replaced(kFigure6, "aes128-cbc", "tripledes-cbc"), key),
              HasSubstr("not encrypted with AES-CBC"));
  EXPECT_THAT(FailureOf(Replaced(kFigure6, "hmac-sha1", "hmac-md5"), key),
              HasSubstr("not an HMAC"));
  EXPECT_THAT(
      FailureOf(Replaced(Replaced(kFigure6, "<MACMethod", "<Other"), "</MACMethod", "</Other"),
                key),
      HasSubstr("has no MACMethod"));
  EXPECT_THAT(FailureOf(Replaced(Replaced(kFigure6, "<ds:KeyName", "<ds:X509Data"), "</ds:KeyName",
                                 "</ds:X509Data")),
              HasSubstr("certificate"));
}

TEST(PskcImportTest, DerivationOutOfBoundsIsRefusedBeforeAnybodyIsAsked) {
  for (const auto& [what, with] :
       {std::pair{"<IterationCount>1000", "<IterationCount>0"},
        std::pair{"<IterationCount>1000", "<IterationCount>2000001"},
        std::pair{"<KeyLength>16", "<KeyLength>15"}, std::pair{"Ej7/PEpyEpw=", "!"},
        std::pair{"<PRF/>", "<PRF Algorithm=\"x#hmac-md5\"/>"}}) {
    EXPECT_THAT(FailureOf(Replaced(kFigure7, what, with)), HasSubstr("PBKDF2")) << with;
  }
}

// Made here, with OpenSSL, as the RFC has no figures of them.
TEST(PskcImportTest, KeysOf192And256BitsOpenToo) {
  for (const auto& [bits, cipher] :
       {std::pair{192, EVP_aes_192_cbc()}, std::pair{256, EVP_aes_256_cbc()}}) {
    const SecretBytes key =
        SecretBytes::CopyOf(std::string(static_cast<std::size_t>(bits) / 8, 'k'));
    std::string data(16, 'i');
    std::array<unsigned char, 64> out{};
    int size = 0;
    int rest = 0;
    EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
    const void* const iv = data.data();
    const void* const plain = kRfcSecret.data();
    EVP_EncryptInit_ex(context, cipher, nullptr, key.bytes().data(),
                       static_cast<const unsigned char*>(iv));
    EVP_EncryptUpdate(context, out.data(), &size, static_cast<const unsigned char*>(plain),
                      static_cast<int>(kRfcSecret.size()));
    EVP_EncryptFinal_ex(context, out.data() + size, &rest);
    EVP_CIPHER_CTX_free(context);
    data.append(out.begin(), out.begin() + size + rest);
    const SecretBytes bytes = SecretBytes::CopyOf(data);
    EXPECT_EQ(DecryptAesCbc(key, bytes.bytes())->text(), kRfcSecret);
    EXPECT_FALSE(DecryptAesCbc(key, bytes.bytes().first(bytes.size() - 1)));
  }
  EXPECT_EQ(KeyBytesOf("http://www.w3.org/2001/04/xmlenc#aes192-cbc"), 24U);
  EXPECT_EQ(KeyBytesOf("http://www.w3.org/2001/04/xmlenc#aes256-cbc"), 32U);
  EXPECT_EQ(KeyBytesOf("http://www.w3.org/2001/04/xmlenc#tripledes-cbc"), 0U);
}

TEST(PskcImportTest, TotpKeyIsTaken) {
  const ImportedUsers users = ParseContainer(Container(
      "<AlgorithmParameters><ResponseFormat Length=\"6\" Encoding=\"DECIMAL\"/>"
      "<Suite>HMAC-SHA256</Suite></AlgorithmParameters>" +
          Data(Value("Time", "0") + Value("TimeInterval", "60") + Value("TimeDrift", "-4")),
      "totp"));
  EXPECT_THAT(users[0].refusals, IsEmpty());
  const ImportedDevice& device = users[0].devices.at(0);
  EXPECT_EQ(device.type, Type::kTotp);
  EXPECT_EQ(device.parameters, (OtpParameters{OtpAlgorithm::kSha256, 6, std::chrono::seconds(60)}));
  EXPECT_EQ(device.skew, -4);
}

TEST(PskcImportTest, CounterIsTheNextOne) {
  EXPECT_EQ(ParseContainer(Container(Data(Value("Counter", "7"))))[0].devices.at(0).counter, 7U);
  EXPECT_EQ(ParseContainer(Container(Data()))[0].devices.at(0).parameters.digits, 6);
}

TEST(PskcImportTest, UserIsTheKeysElseTheDevices) {
  const std::string device = "<UserId>bob</UserId>";
  const auto user_of = [](const std::string& text, const std::string& user = "") {
    return ParseContainer(text, NobodyAsks, user).at(0).name;
  };
  EXPECT_EQ(user_of(Container(Data() + "<UserId>UID=jsmith,DC=example-bank,DC=net</UserId>", "hotp",
                              device)),
            "jsmith");
  EXPECT_EQ(user_of(Container(Data() + "<UserId>uid=jsmith</UserId>")), "jsmith");
  EXPECT_EQ(user_of(Container(Data(), "hotp", device)), "bob");
  EXPECT_EQ(user_of(Container(Data(), "hotp", device), "carol"), "carol");
  const ImportedUsers nobodys = ParseContainer(Container(Data()), NobodyAsks, "");
  EXPECT_THAT(nobodys[0].refusals, ElementsAre(HasSubstr("names no user: say --user NAME")));
}

TEST(PskcImportTest, PolicyIsKept) {
  const auto refusals = [](const std::string& policy) {
    return RefusalsOf(Container(Data() + "<Policy>" + policy + "</Policy>"));
  };
  for (const char* allowed : {"<StartDate>2024-06-15T12:00:00Z</StartDate>",
                              "<ExpiryDate>2024-06-15T12:00:00Z</ExpiryDate>",
                              "<ExpiryDate>2024-06-15T14:00:00.123+02:00</ExpiryDate>",
                              "<ExpiryDate>2024-06-15T12:00:01</ExpiryDate>",
                              "<KeyUsage>CR</KeyUsage><KeyUsage>OTP</KeyUsage>", ""}) {
    EXPECT_THAT(refusals(allowed), IsEmpty()) << allowed;
  }
  for (const char* forbidden : {"<StartDate>2024-06-15T12:00:01Z</StartDate>",
                                "<ExpiryDate>2024-06-15T11:59:59Z</ExpiryDate>",
                                "<ExpiryDate>2024-06-15T13:59:59+02:00</ExpiryDate>",
                                "<ExpiryDate>soon</ExpiryDate>", "<KeyUsage>CR</KeyUsage>",
                                "<NumberOfTransactions>4</NumberOfTransactions>", "<Unknown/>"}) {
    EXPECT_THAT(refusals(forbidden), ElementsAre(HasSubstr("line 1, key 12345678: "))) << forbidden;
  }
}

TEST(PskcImportTest, PinsAreToldAndLeft) {
  const ImportedUsers users = ParseContainer(
      Container(Data(Value("Counter", "0")) +
                "<Policy><PINPolicy PINUsageMode=\"Local\"/></Policy></Key></KeyPackage>"
                "<KeyPackage><Key Id=\"9\" "
                "Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:pin\">" +
                Data("", "MTIzNA==")));
  EXPECT_THAT(users.at(0).refusals, IsEmpty());
  EXPECT_THAT(users[0].notes, ElementsAre(HasSubstr("its PIN is not taken over"),
                                          HasSubstr("key 9: a PIN is not taken over")));
  EXPECT_EQ(users[0].devices.size(), 1U);
}

TEST(PskcImportTest, WhatCannotBeUsedIsRefusedByKey) {
  const std::string format =
      "<AlgorithmParameters><ResponseFormat Length=\"6\" "
      "Encoding=\"DECIMAL\"/></AlgorithmParameters>";
  for (const std::string& text :
       {Container(Data(), "ocra"), Container(Data(), "hotpx"), Container("<Data/>"), Container(""),
        Container(Data("", "")), Container(Data("", "!!!!")),
        Container(Data("", std::string(88, 'A'))), Container(Data(Value("Counter", "-1"))),
        Container(Data("<Counter><EncryptedValue/></Counter>")),
        Container(Data(Value("Time", "5")), "totp"), Container(Data(Value("Time", "x")), "totp"),
        Container(Data(Value("TimeInterval", "4")), "totp"),
        Container(Data(Value("TimeDrift", "1501")), "totp"),
        Container(Replaced(format, "\"6\"", "\"5\"") + Data()),
        Container(Replaced(format, "\"6\"", "\"9\"") + Data()),
        Container(Replaced(format, "DECIMAL", "HEXADECIMAL") + Data()),
        Container(Replaced(format, "Length", "CheckDigits=\"true\" Length") + Data()),
        Container(Replaced(format, "</Alg", "<Suite>OCRA-1</Suite></Alg") + Data()),
        Container("<Data><Secret><EncryptedValue/></Secret></Data>")}) {
    EXPECT_THAT(RefusalsOf(text), ElementsAre(HasSubstr("line 1, key 12345678: "))) << text;
  }
}

TEST(PskcImportTest, HotpWithoutACounterBeginsAtZeroWithANote) {
  const ImportedUsers users = ParseContainer(Container(Data()));
  EXPECT_EQ(users.at(0).devices.at(0).counter, 0U);
  EXPECT_THAT(users[0].notes, ElementsAre(HasSubstr("has no counter")));
}

TEST(PskcImportTest, SignatureIsNotCheckedAndThatIsTold) {
  const ImportedUsers users = ParseContainer(Replaced(
      Container(Data(Value("Counter", "0"))), "</KeyContainer>", "<Signature/></KeyContainer>"));
  EXPECT_THAT(users.at(0).notes, ElementsAre(HasSubstr("signature was not checked")));
}

TEST(PskcImportTest, DocumentsThatAreNoneAreRefusedWhole) {
  const std::string good = Container(Data());
  for (const std::string& text :
       {std::string(), std::string("HOTP a - 00"), good.substr(0, good.size() - 3),
        std::string("<KeyContainer/>"),
        std::string("<a xmlns='urn:ietf:params:xml:ns:keyprov:pskc'/>"),
        std::string("<KeyContainer xmlns='urn:ietf:params:xml:ns:keyprov:pskc'/>"),
        std::string(XmlDocument::kMaxBytes + 1, ' ')}) {
    EXPECT_FALSE(ParsePskc(text, ContextFor("alice"), NobodyAsks)) << text.substr(0, 80);
  }
}

TEST(PskcImportTest, DoctypeIsRefusedSoNothingIsExpandedOrFetched) {
  const std::string good = Container(Data());
  for (const char* doctype :
       {"<!DOCTYPE KeyContainer>", "<!DOCTYPE KeyContainer SYSTEM \"/etc/passwd\">",
        "<!DOCTYPE KeyContainer [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]>"}) {
    EXPECT_THAT(FailureOf(doctype + good), HasSubstr("DOCTYPE")) << doctype;
  }
  EXPECT_EQ(FailureOf(good), "none");
}

}  // namespace
}  // namespace twofactor
