// .google_authenticator files.
#include "cli/import/google_authenticator.h"

#include "tests/unit/cli/import_fixture.h"

namespace twofactor {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Type = ImportedDevice::Type;

const std::string kSecretLine = std::string(kRfcBase32) + "\n";

ImportedUser ParseGoogle(const std::string& text) {
  auto users = ParseGoogleAuthenticator(text, ContextFor("alice"));
  EXPECT_TRUE(users) << users.error().message();
  return users ? std::move(users->front()) : ImportedUser();
}

std::vector<std::string> TextsOf(const std::vector<SecretBytes>& codes) {
  std::vector<std::string> texts;
  texts.reserve(codes.size());
  for (const SecretBytes& code : codes) {
    texts.emplace_back(code.text());
  }
  return texts;
}

// Written by google-authenticator 1.09, and then by pam_google_authenticator at a login.
constexpr const char* kMadeFile =
    "MIQDWACWYRH3V5UOWAG673RCCA\n"
    "\" RATE_LIMIT 3 30 1718452799\n"
    "\" WINDOW_SIZE 17\n"
    "\" DISALLOW_REUSE 57281758 57281759\n"
    "\" TOTP_AUTH\n"
    "70758674\n91958982\n66400958\n59754873\n41699876\n";

TEST(GoogleImportTest, FileOfTheRealProgramIsTakenOver) {
  const ImportedUser user = ParseGoogle(kMadeFile);
  EXPECT_EQ(user.name, "alice");
  EXPECT_THAT(user.refusals, IsEmpty());
  ASSERT_EQ(user.devices.size(), 1U);
  EXPECT_EQ(user.devices[0].type, Type::kTotp);
  EXPECT_EQ(user.devices[0].secret.size(), 16U);
  EXPECT_EQ(user.devices[0].parameters, OtpParameters());
  EXPECT_EQ(user.devices[0].first_step, 57281760U);
  EXPECT_EQ(user.devices[0].skew, 0);
  EXPECT_THAT(TextsOf(user.recovery_codes),
              ElementsAre("70758674", "91958982", "66400958", "59754873", "41699876"));
}

TEST(GoogleImportTest, WhatIsTheMachinesOwnHereIsTold) {
  const ImportedUser user = ParseGoogle(kMadeFile);
  EXPECT_THAT(user.notes, ElementsAre(HasSubstr("line 2: RATE_LIMIT 3 tries in 30 s"),
                                      HasSubstr("line 3: WINDOW_SIZE 17")));
}

TEST(GoogleImportTest, CounterIsTheNextOneAndGoesBeforeTotp) {
  const ImportedUser user =
      ParseGoogle(kSecretLine + "\" WINDOW_SIZE 1\n\" HOTP_COUNTER 12\n\" TOTP_AUTH\n");
  EXPECT_EQ(user.devices[0].type, Type::kHotp);
  EXPECT_EQ(user.devices[0].counter, 12U);
}

TEST(GoogleImportTest, CounterOfZeroIsNoneAsThere) {
  EXPECT_EQ(ParseGoogle(kSecretLine + "\" HOTP_COUNTER 0\n\" TOTP_AUTH\n").devices[0].type,
            Type::kTotp);
  EXPECT_THAT(ParseGoogle(kSecretLine + "\" HOTP_COUNTER 0\n").refusals,
              ElementsAre(HasSubstr("neither TOTP_AUTH nor HOTP_COUNTER")));
}

TEST(GoogleImportTest, FileWithNeitherIsRefused) {
  EXPECT_THAT(ParseGoogle(kSecretLine).refusals, ElementsAre(HasSubstr("neither")));
}

TEST(GoogleImportTest, StepSizeAndSkewAreKept) {
  const ImportedUser user = ParseGoogle(
      kSecretLine + "\" STEP_SIZE 60\n\" TIME_SKEW -7\n\" TOTP_AUTH\n\" DISALLOW_REUSE\n");
  EXPECT_EQ(user.devices[0].parameters.interval.count(), 60);
  EXPECT_EQ(user.devices[0].skew, -7);
  EXPECT_THAT(user.notes, IsEmpty());
}

TEST(GoogleImportTest, ValuesOutOfRangeAreRefusedByLine) {
  for (const char* option :
       {"STEP_SIZE 4", "STEP_SIZE 61", "STEP_SIZE x", "STEP_SIZE", "TIME_SKEW 1501",
        "TIME_SKEW -1501", "TIME_SKEW x", "DISALLOW_REUSE 1 x", "DISALLOW_REUSE 99999999999",
        "DISALLOW_REUSE 57283361"}) {
    EXPECT_THAT(ParseGoogle(kSecretLine + "\" TOTP_AUTH\n\" " + option + "\n").refusals,
                ElementsAre(HasSubstr("line 3: ")))
        << option;
  }
  EXPECT_THAT(ParseGoogle(kSecretLine + "\" HOTP_COUNTER 99999999999999999999\n").refusals,
              ElementsAre(HasSubstr("line 2: HOTP_COUNTER")));
  for (const char* option : {"STEP_SIZE 5", "STEP_SIZE 60", "TIME_SKEW 20", "TIME_SKEW -20",
                             "DISALLOW_REUSE 57281880"}) {
    EXPECT_THAT(ParseGoogle(kSecretLine + "\" TOTP_AUTH\n\" " + option + "\n").refusals, IsEmpty())
        << option;
  }
}

TEST(GoogleImportTest, FirstLineOfAnOptionCounts) {
  const ImportedUser user = ParseGoogle(
      kSecretLine + "\" TOTP_AUTH\n\" STEP_SIZE 60\n\" STEP_SIZE 10\n\" DISALLOW_REUSE 5\n");
  EXPECT_EQ(user.devices[0].parameters.interval.count(), 60);
  EXPECT_THAT(user.notes, ElementsAre(HasSubstr("line 4: a second STEP_SIZE")));
}

TEST(GoogleImportTest, ReuseThatWasAllowedIsTold) {
  const ImportedUser user = ParseGoogle(kSecretLine + "\" TOTP_AUTH\n");
  EXPECT_EQ(user.devices[0].first_step, 0U);
  EXPECT_THAT(user.notes, ElementsAre(HasSubstr("each opens one login")));
}

TEST(GoogleImportTest, WhatLoginsLeftBehindIsToldAndLeft) {
  const ImportedUser user =
      ParseGoogle(kSecretLine +
                  "\" TOTP_AUTH\n\" DISALLOW_REUSE\n\" RESETTING_TIME_SKEW 1+2 3+2\n"
                  "\" LAST0 host 1718452799\n\" FANCY_OPTION 7\n");
  EXPECT_THAT(user.notes, ElementsAre(HasSubstr("half-learned clock skew"), HasSubstr("LAST0"),
                                      HasSubstr("option FANCY_OPTION is not known")));
  EXPECT_THAT(user.refusals, IsEmpty());
}

TEST(GoogleImportTest, ScratchCodesEndAtTheFirstLineThatIsNoneAsThere) {
  const ImportedUser user =
      ParseGoogle(kSecretLine + "\" TOTP_AUTH\n\" DISALLOW_REUSE\n12345678\n01234567\n87654321\n");
  EXPECT_THAT(TextsOf(user.recovery_codes), ElementsAre("12345678"));
  EXPECT_THAT(user.notes, ElementsAre(HasSubstr("line 5: neither an option nor a scratch code")));
  EXPECT_THAT(user.notes[0], Not(HasSubstr("01234567")));
}

TEST(GoogleImportTest, SecretIsReadAsThere) {
  const auto secret = [](const std::string& line) {
    const ImportedUser user = ParseGoogle(line + "\n\" TOTP_AUTH\n");
    return user.devices.empty() ? std::string("none") : std::string(user.devices[0].secret.text());
  };
  EXPECT_EQ(secret("gezd gnbv-gy3t qojq"), "1234567890");
  EXPECT_EQ(secret("GEZDGNBVGY3TQOJQ\r"), "1234567890");
  // 0, 1 and 8 are O, L and B.
  EXPECT_EQ(secret("G0"), secret("GO"));
  EXPECT_EQ(secret("1E"), secret("LE"));
  EXPECT_EQ(secret("8E"), secret("BE"));
  // Bits that make no whole byte are dropped.
  EXPECT_EQ(secret("GEZDGNBVGY3TQOJQG"), "1234567890");
}

TEST(GoogleImportTest, SecretsThatAreNoneAreRefusedAndNotShown) {
  for (const std::string& line : {std::string(""), std::string("A"), std::string("GEZD9NBV"),
                                  std::string("GEZD\x80NBV"), std::string(104, 'A') + "AAAA"}) {
    const ImportedUser user = ParseGoogle(line + "\n\" TOTP_AUTH\n");
    EXPECT_THAT(user.refusals, ElementsAre(HasSubstr("line 1: the secret"))) << line;
  }
  EXPECT_THAT(ParseGoogle(std::string(102, 'A') + "AA\n\" TOTP_AUTH\n").refusals,
              Not(Contains(HasSubstr("more"))));
}

TEST(GoogleImportTest, FilesThatAreNoneAreRefusedWhole) {
  EXPECT_FALSE(ParseGoogleAuthenticator("", ContextFor("alice")));
  EXPECT_FALSE(
      ParseGoogleAuthenticator(std::string(kMaxGoogleFileBytes + 1, 'A'), ContextFor("alice")));
  EXPECT_TRUE(ParseGoogleAuthenticator(std::string(kMaxGoogleFileBytes, 'A'), ContextFor("alice")));
  EXPECT_THAT(ParseGoogleAuthenticator(kMadeFile, ContextFor()).error().message(),
              HasSubstr("--user"));
}

}  // namespace
}  // namespace twofactor
