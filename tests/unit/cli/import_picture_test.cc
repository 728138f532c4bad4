// Pictures of QR codes, drawn by the real qrencode(1) and read by the real zbarimg(1).
#include "cli/import/picture.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "cli/exit_status.h"
#include "cli/import/format.h"
#include "cli/qr_file.h"
#include "common/qr/qr_code.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/cli/import_fixture.h"

namespace twofactor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kDrawnUri = "otpauth://totp/lab:alice?secret=" + std::string(kRfcBase32);
// Of bob; of Google Authenticator, with two accounts of alice.
const std::string kOtherUri = "otpauth://totp/lab:bob?secret=MFRGGZDFMZTWQ2LK&digits=8";
const std::string kMigration =
    "otpauth-migration://offline?data=CjUKFDEyMzQ1Njc4OTAxMjM0NTY3ODkwEhBhbGljZUBleGFtcGxlLm"
    "RlGgVCYW5rMSABKAEwAgosChRhYmNkZWZnaGlqa2xtbm9wcXJzdBIFYWxpY2UaBUJhbmsxIAMoAjABOAkQARgBK"
    "Co%3D";

class PictureTest : public testing::Test {
 protected:
  // As qrencode(1) draws it.
  std::string Drawn(const std::string& text) const {
    WriteFile(folder_ / "text", text);
    const std::string command = "qrencode -r " + folder_ / "text" + " -o " + folder_ / "qr.png";
    EXPECT_EQ(std::system(command.c_str()), 0);
    return ReadFile(folder_ / "qr.png");
  }
  // Several of them in one picture.
  std::string DrawnTogether(const std::vector<std::string>& texts) const {
    constexpr int kGap = 2 * kQrQuiet;
    std::vector<QrCode> codes;
    QrCode whole{-kGap, {}};
    for (const std::string& text : texts) {
      codes.push_back(MakeQrCode(text).value());
      whole.size += codes.back().size + kGap;
    }
    int corner = 0;
    for (const QrCode& code : codes) {
      for (int y = 0; y < code.size + kGap && corner + y < whole.size; ++y) {
        for (int x = 0; x < whole.size; ++x) {
          whole.dark.push_back(code.DarkAt(x - corner, y));
        }
      }
      corner += code.size + kGap;
    }
    EXPECT_TRUE(WritePng(whole, folder_ / "qr.png", true));
    return ReadFile(folder_ / "qr.png");
  }
  // As the command reads a file.
  Result<ImportedUsers> Try(const std::string& bytes) {
    const auto format = GuessFormat(bytes);
    EXPECT_EQ(format, ImportFormat::kPicture);
    return ParseImport(ImportFormat::kPicture, bytes, context_, nullptr);
  }
  ImportedUsers Read(const std::string& bytes) {
    auto users = Try(bytes);
    EXPECT_TRUE(users) << users.error().message();
    return users ? std::move(*users) : ImportedUsers();
  }
  Error FailureOf(const std::string& bytes) {
    const auto users = Try(bytes);
    EXPECT_FALSE(users);
    return users ? Error(ErrorCode::kInternal, "did not fail") : users.error();
  }

  TempDirectory folder_;
  ImportContext context_ = ContextFor();
};

TEST_F(PictureTest, PictureIsTheUriThatItHolds) {
  const ImportedUsers users = Read(Drawn(kDrawnUri + "&algorithm=SHA256&digits=8&period=60"));
  ASSERT_EQ(users.size(), 1U);
  EXPECT_EQ(users[0].name, "alice");
  EXPECT_THAT(users[0].refusals, IsEmpty());
  const ImportedDevice& device = users[0].devices.at(0);
  EXPECT_EQ(device.secret.text(), kRfcSecret);
  EXPECT_EQ(device.parameters, (OtpParameters{OtpAlgorithm::kSha256, 8, std::chrono::seconds(60)}));
  EXPECT_EQ(device.source, "lab:alice");
}

TEST_F(PictureTest, PhotoIsReadAskewAsAJpeg) {
  const std::string photo = ReadFile(std::string(TWOFACTOR_SAMPLES) + "/pictures/photo.jpg");
  const ImportedUsers users = Read(photo);
  ASSERT_EQ(users.size(), 1U);
  EXPECT_EQ(users[0].name, "alice");
  EXPECT_EQ(users[0].devices.at(0).secret.text(), kRfcSecret);
}

TEST_F(PictureTest, AllCodesOfAPictureAreTakenAndOthersDoNotCount) {
  const ImportedUsers users =
      Read(DrawnTogether({kDrawnUri, "https://example.com/otpauth://", kOtherUri}));
  ASSERT_EQ(users.size(), 2U);
  const ImportedUser& alice = users[users[0].name == "alice" ? 0 : 1];
  const ImportedUser& bob = users[users[0].name == "alice" ? 1 : 0];
  EXPECT_EQ(alice.devices.at(0).secret.text(), kRfcSecret);
  EXPECT_EQ(bob.name, "bob");
  EXPECT_EQ(bob.devices.at(0).parameters.digits, 8);
}

TEST_F(PictureTest, ExportOfGoogleAuthenticatorIsReadBesideAUri) {
  EXPECT_EQ(Read(Drawn(kMigration)).at(0).devices.size(), 2U);
  const ImportedUsers users = Read(DrawnTogether({kMigration, kOtherUri}));
  ASSERT_EQ(users.size(), 2U);
  EXPECT_EQ(users[0].devices.size() + users[1].devices.size(), 3U);
}

TEST_F(PictureTest, LettersBeyondAsciiAreNotGuessedAt) {
  const std::string uri = "otpauth://totp/M\xC3\xBCller:alice?secret=" + std::string(kRfcBase32);
  EXPECT_EQ(Read(Drawn(uri)).at(0).devices.at(0).label, "M\xC3\xBCller");
}

TEST_F(PictureTest, UnusableCodeIsSkippedWhereTheUserHasAnother) {
  context_.skip_unusable = IsWholePhone(ImportFormat::kPicture);
  context_.user = "alice";
  const ImportedUsers users = Read(DrawnTogether({kDrawnUri, kOtherUri + "&algorithm=MD5"}));
  ASSERT_EQ(users.size(), 1U);
  EXPECT_EQ(users[0].devices.size(), 1U);
  EXPECT_THAT(users[0].refusals, IsEmpty());
  EXPECT_THAT(users[0].notes, ElementsAre(HasSubstr("skipped code ")));
}

TEST_F(PictureTest, PictureWithoutACodeIsAUsageErrorThatSaysWhatToDo) {
  ASSERT_TRUE(WritePng({40, std::vector<bool>(1600)}, folder_ / "white.png", false));
  const Error error = FailureOf(ReadFile(folder_ / "white.png"));
  EXPECT_THAT(error.message(), HasSubstr("no QR code was found"));
  EXPECT_EQ(StatusOf(error), ExitStatus::kUsage);
}

TEST_F(PictureTest, PictureOfOtherCodesIsAUsageError) {
  const Error error = FailureOf(Drawn("WIFI:T:WPA;S:lab;P:GEZDGNBV;;"));
  EXPECT_THAT(error.message(), HasSubstr("hold no otpauth:// or otpauth-migration:// URI"));
  EXPECT_THAT(error.message(), Not(HasSubstr("GEZDGNBV")));
  EXPECT_EQ(StatusOf(error), ExitStatus::kUsage);
}

TEST_F(PictureTest, PictureThatBreaksOffIsAUsageError) {
  const std::string whole = Drawn(kDrawnUri);
  for (const std::size_t size : {std::size_t{8}, std::size_t{60}, whole.size() / 2}) {
    const Error error = FailureOf(whole.substr(0, size));
    EXPECT_THAT(error.message(), HasSubstr("cannot be read")) << size;
    EXPECT_EQ(StatusOf(error), ExitStatus::kUsage);
  }
  context_.user = "alice";
  EXPECT_FALSE(ParseImport(ImportFormat::kPicture, kDrawnUri, context_, nullptr));
}

TEST_F(PictureTest, ReaderThatIsNotInstalledIsNamedWithItsPackage) {
  constexpr std::array kNowhere = {"/nonexistent/zbarimg"};
  const auto codes = ReadQrCodes(Drawn(kDrawnUri), kNowhere);
  ASSERT_FALSE(codes);
  EXPECT_THAT(codes.error().message(), HasSubstr("install zbar-tools"));
  EXPECT_EQ(StatusOf(codes.error()), ExitStatus::kFailed);
}

// What a program in zbarimg's place sees.
class ReaderTest : public PictureTest {
 protected:
  Result<SecretBytes> ReadBy(const std::string& script) {
    const std::string path = folder_ / "zbarimg";
    WriteFile(path, "#!/bin/sh\n" + script);
    EXPECT_EQ(chmod(path.c_str(), 0755), 0);
    const std::array programs = {"/nonexistent", path.c_str()};
    return ReadQrCodes(Drawn(kDrawnUri), programs);
  }
};

TEST_F(ReaderTest, HasNoRightsAndKeepsWhatItFindsToItself) {
  setenv("MAGICK_CONFIGURE_PATH", "/tmp", 1);
  const auto seen = ReadBy("id -u; id -G; echo $*; env; head -c 4 | tail -c 3");
  unsetenv("MAGICK_CONFIGURE_PATH");
  ASSERT_TRUE(seen) << seen.error().message();
  const std::string text(seen->text());
  if (geteuid() == 0) {
    EXPECT_THAT(text, testing::StartsWith("65534\n65534\n"));
  }
  // D-Bus would hand it on.
  EXPECT_THAT(text, HasSubstr("--nodbus"));
  EXPECT_THAT(text, HasSubstr(" png:fd:0\n"));
  EXPECT_THAT(text, HasSubstr("TMPDIR=/dev/shm\n"));
  EXPECT_THAT(text, Not(HasSubstr("MAGICK_CONFIGURE_PATH")));
  EXPECT_THAT(text, testing::EndsWith("PNG"));
}

TEST_F(ReaderTest, FailsAsWhateverItEndsWith) {
  EXPECT_EQ(ReadBy("exit 1").error().code(), ErrorCode::kInvalidParams);
  EXPECT_EQ(ReadBy("exit 4").error().code(), ErrorCode::kInvalidParams);
  EXPECT_EQ(ReadBy("exit 2").error().code(), ErrorCode::kInternal);
  EXPECT_EQ(ReadBy("kill -SEGV $$").error().code(), ErrorCode::kInternal);
  EXPECT_EQ(ReadBy("exec head -c 2000000 /dev/zero").error().code(), ErrorCode::kInternal);
}

}  // namespace
}  // namespace twofactor
