#include "common/qr/qr_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "cli/qr_file.h"
#include "common/qr/otpauth_uri.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

const std::string kUri =
    "otpauth://totp/"
    "Exa%20mple:alice-host?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Exa%20mple&period=45";

std::string OutputOf(const std::string& command) {
  std::string text;
  std::FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 256> buffer{};
  while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe) != nullptr) {
    text += buffer.data();
  }
  pclose(pipe);
  return text;
}

TEST(QrCodeTest, PictureScannedByZbarGivesTheVeryUri) {
  const TempDirectory directory;
  const std::string path = directory / "qr.png";
  ASSERT_TRUE(WritePng(MakeQrCode(kUri).value(), path, false));
  EXPECT_EQ(OutputOf("zbarimg -q --raw " + path + " 2>/dev/null"), kUri + "\n");
}

TEST(QrCodeTest, DrawingScannedByZbarGivesTheVeryUriAndHasItInNoOtherForm) {
  const TempDirectory directory;
  const std::string path = directory / "qr.svg";
  ASSERT_TRUE(WriteSvg(MakeQrCode(kUri).value(), path, false));
  EXPECT_EQ(OutputOf("rsvg-convert " + path + " | zbarimg -q --raw - 2>/dev/null"), kUri + "\n");
  EXPECT_THAT(ReadFile(path), testing::Not(testing::HasSubstr("GEZDGNBV")));
}

TEST(QrCodeTest, PictureIsForTheOwnerAloneAndReplacesOnlyWhenTold) {
  const TempDirectory directory;
  const QrCode code = MakeQrCode(kUri).value();
  const std::string path = directory / "picture";
  for (const auto write : {WritePng, WriteSvg}) {
    WriteFile(path, "precious");
    EXPECT_EQ(write(code, path, false).error().code(), ErrorCode::kConflict);
    EXPECT_EQ(ReadFile(path), "precious");
    ASSERT_TRUE(write(code, path, true));
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
  }
}

TEST(QrCodeTest, TerminalPictureIsAsWideAsItSays) {
  const QrCode code = MakeQrCode(kUri).value();
  const std::string text = ToTerminal(code, true);
  const std::size_t rows = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  EXPECT_EQ(rows, static_cast<std::size_t>(TerminalColumnsOf(code) + 1) / 2);
}

// The modules of a picture's text, as they look on a dark terminal.
std::vector<bool> ModulesOf(const std::string& text, bool coloured, int size, int quiet) {
  std::vector<bool> dark(static_cast<std::size_t>(size) * size);
  int x = -quiet;
  int y = -quiet;
  const auto put = [&](int row, bool drawn) {
    if (x >= 0 && x < size && row >= 0 && row < size) {
      dark[static_cast<std::size_t>(row) * static_cast<std::size_t>(size) +
           static_cast<std::size_t>(x)] = drawn == coloured;
    }
  };
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\x1b') {
      at = text.find('m', at) + 1;
    } else if (text[at] == '\n') {
      x = -quiet;
      y += 2;
      ++at;
    } else {
      const std::string block = text[at] == ' ' ? " " : text.substr(at, 3);
      put(y, block == "█" || block == "▀");
      put(y + 1, block == "█" || block == "▄");
      at += block.size();
      ++x;
    }
  }
  return dark;
}

TEST(QrCodeTest, TerminalPictureHasEveryModuleWithColourAndWithout) {
  const QrCode code = MakeQrCode(kUri).value();
  for (const bool coloured : {true, false}) {
    for (const int quiet : {kQrQuiet, kQrNarrowQuiet}) {
      EXPECT_EQ(ModulesOf(ToTerminal(code, coloured, quiet), coloured, code.size, quiet), code.dark)
          << coloured << " " << quiet;
    }
  }
}

TEST(QrCodeTest, LowerLevelIsSmaller) {
  EXPECT_LT(MakeQrCode(kUri, QrLevel::kLow)->size, MakeQrCode(kUri)->size);
}

TEST(OtpauthUriTest, SecretIsInGroupsOfFour) {
  EXPECT_EQ(SecretInGroups(kUri), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
  EXPECT_EQ(SecretInGroups("otpauth://totp/x"), "");
}

}  // namespace
}  // namespace twofactor
