// Base32, base64, hexadecimal, and what may stand in a report.
#include "cli/import/encodings.h"

#include <algorithm>

#include "common/otp/base32.h"

#include "cli/command_table.h"
#include "cli/import/format.h"
#include "cli/import/plain_text.h"
#include "tests/unit/cli/import_fixture.h"

namespace twofactor {
namespace {

std::string Decoded(const std::optional<SecretBytes>& bytes) {
  return bytes ? std::string(bytes->text()) : "none";
}

TEST(EncodingsTest, Base32IsReadWithAndWithoutPaddingAndWrittenWithout) {
  EXPECT_EQ(Decoded(DecodeLooseBase32("MZXW6===")), "foo");
  EXPECT_EQ(Decoded(DecodeLooseBase32("MZXW6")), "foo");
  EXPECT_EQ(EncodeBase32(SecretBytes::CopyOf("foo"))->text(), "MZXW6");
  EXPECT_EQ(EncodeBase32(SecretBytes::CopyOf("fooba"))->text(), "MZXW6YTB");
  for (const char* text : {"", "=", "MZ=W6", "MZXW9", "A", "  ", "MZXW6\xC3\xA4"}) {
    EXPECT_EQ(Decoded(DecodeLooseBase32(text)), "none") << text;
  }
}

TEST(EncodingsTest, Base64NeedsItsPaddingAtTheEnd) {
  EXPECT_EQ(Decoded(DecodeBase64Secret("Zm9v")), "foo");
  EXPECT_EQ(Decoded(DecodeBase64Secret(" Zm9v\n YmE= ")), "fooba");
  EXPECT_EQ(Decoded(DecodeBase64Secret("Zg==")), "f");
  for (const char* text : {"", "Zg", "Zg=", "Z===", "====", "Zm=v", "Zg==Zg==", "Zm9-", "Zm9v!"}) {
    EXPECT_EQ(Decoded(DecodeBase64Secret(text)), "none") << text;
  }
}

TEST(EncodingsTest, HexIsPairsOfDigits) {
  EXPECT_EQ(Decoded(DecodeHex("666F6f")), "foo");
  for (const char* text : {"", "6", "666", "6g", "66 6"}) {
    EXPECT_EQ(Decoded(DecodeHex(text)), "none") << text;
  }
  EXPECT_EQ(Decoded(DecodeHex(std::string_view("66\0"
                                               "666",
                                               6))),
            "none");
}

TEST(PlainTextTest, ControlCharactersAndWhatIsNoUtf8DoNotReachATerminal) {
  EXPECT_EQ(PlainText("al\x1b[31mice\n", 100), "al?[31mice?");
  EXPECT_EQ(PlainText("M\xC3\xBCller", 100), "M\xC3\xBCller");
  EXPECT_EQ(PlainText("M\xFCller", 100), "M?ller");
  EXPECT_EQ(PlainText("M\xC3\xBCller", 2), "M");
  EXPECT_EQ(PlainText("alice", 3), "ali");
}

TEST(GuessFormatTest, FirstLineThatSaysSomethingDecides) {
  const auto guess = [](const std::string& text) {
    const auto format = GuessFormat(text);
    return format ? std::string(NameOf(*format)) : "unclear";
  };
  EXPECT_EQ(guess("# users\n\nHOTP/T30 alice - 00\n"), "users.oath");
  EXPECT_EQ(guess("HOTP\talice\t-\t00\n"), "users.oath");
  EXPECT_EQ(guess("otpauth://totp/a?secret=AA"), "otpauth");
  EXPECT_EQ(guess("# mine\notpauth-migration://offline?data=AA"), "otpauth-migration");
  EXPECT_EQ(guess("<?xml version='1.0'?><pskc:KeyContainer/>"), "pskc");
  EXPECT_EQ(guess("GEZDGNBVGY3TQOJQ\n\" TOTP_AUTH\n"), "google-authenticator");
  for (const char* text : {"", "# nothing", "HOTP alice", "HOTPS alice - 00", "<html/>",
                           "GEZDGNBVGY3TQOJQ\n12345678\n", "alice:00"}) {
    EXPECT_EQ(guess(text), "unclear") << text;
  }
}

TEST(GuessFormatTest, NamesOfFormatsAreThoseOfTheOption) {
  const auto options = (*FindCommand("import"))->options;
  const auto format = std::find_if(options.begin(), options.end(), [](const Option& option) {
    return option.name() == "--format";
  });
  ASSERT_NE(format, options.end());
  const auto names = format->choices();
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ImportFormat::kKeepassxc) + 1);
  for (const std::string& name : names) {
    EXPECT_EQ(NameOf(FormatOf(name).value()), name);
  }
  EXPECT_FALSE(FormatOf("oath"));
}

}  // namespace
}  // namespace twofactor
