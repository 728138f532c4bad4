// A code that the real peers accepted is refused after an import of their files: log in with each
// through libpam, then import its file.
#include <pwd.h>
#include <security/pam_appl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "cli/import/google_authenticator.h"
#include "cli/import/users_oath.h"
#include "common/otp/totp.h"
#include "tests/pam/login.h"

namespace twofactor {
namespace {

using testing::IsEmpty;

constexpr std::string_view kSecret = "12345678901234567890";
constexpr const char* kHexSecret = "3132333435363738393031323334353637383930";
// RFC 4226, appendix D.
constexpr const char* kCodeOfCounter3 = "969429";

std::string Me() { return getpwuid(geteuid())->pw_name; }

WallTime Now() { return SystemClock().Wall(); }

std::string CodeAt(const SecretBytes& secret, TimeStep step) {
  return std::string(GenerateTotp(secret, OtpParameters(), step)->text());
}

class UsersOathPeerTest : public testing::Test {
 protected:
  void Write(const std::string& type) {
    WriteFile(file_, type + "\t" + Me() + "\t-\t" + kHexSecret + "\n");
  }
  int Login(const std::string& code) const { return stack_.Login(Me(), {code}).code; }
  ImportedUser Import() const {
    auto users = ParseUsersOath(ReadFile(file_), {Now(), "", ""});
    EXPECT_TRUE(users) << users.error().message();
    return std::move(users->at(0));
  }

  TempDirectory folder_;
  std::string file_ = folder_ / "users.oath";
  PamStack stack_{"auth required pam_oath.so window=20 usersfile=" + file_};
};

TEST_F(UsersOathPeerTest, CounterThatPamOathTookIsUsedUp) {
  Write("HOTP");
  ASSERT_EQ(Login(kCodeOfCounter3), PAM_SUCCESS);
  ASSERT_NE(Login(kCodeOfCounter3), PAM_SUCCESS);
  const ImportedUser user = Import();
  EXPECT_THAT(user.refusals, IsEmpty());
  EXPECT_THAT(user.notes, IsEmpty());
  EXPECT_EQ(user.devices.at(0).counter, 4U);
}

TEST_F(UsersOathPeerTest, StepThatPamOathTookIsUsedUpWhereverItsClockWas) {
  const SecretBytes secret = SecretBytes::CopyOf(kSecret);
  for (const int off : {0, -7, 7}) {
    Write("HOTP/T30");
    const TimeStep step = StepAt(Now(), std::chrono::seconds(30)) + static_cast<TimeStep>(off);
    ASSERT_EQ(Login(CodeAt(secret, step)), PAM_SUCCESS);
    const ImportedUser user = Import();
    EXPECT_THAT(user.notes, IsEmpty());
    EXPECT_EQ(user.devices.at(0).first_step, step + 1) << off;
  }
}

class GooglePeerTest : public testing::Test {
 protected:
  // Lets the real program write a file.
  void Make(const std::string& options) {
    const std::string command =
        "google-authenticator -f -q -W -e 3 " + options + " -s '" + file_ + "' >/dev/null 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << "is libpam-google-authenticator installed?";
  }
  int Login(const std::string& code) const { return stack_.Login(Me(), {code}).code; }
  ImportedUser Import() const {
    auto users = ParseGoogleAuthenticator(ReadFile(file_), {Now(), "alice", ""});
    EXPECT_TRUE(users) << users.error().message();
    EXPECT_THAT(users->at(0).refusals, IsEmpty());
    return std::move(users->at(0));
  }

  TempDirectory folder_;
  std::string file_ = folder_ / "google_authenticator";
  PamStack stack_{"auth required pam_google_authenticator.so user=" + Me() + " secret=" + file_};
};

TEST_F(GooglePeerTest, StepThatPamGoogleAuthenticatorTookIsUsedUp) {
  Make("-t -d -r 3 -R 30");
  const ImportedUser before = Import();
  EXPECT_EQ(before.devices.at(0).first_step, 0U);
  EXPECT_EQ(before.recovery_codes.size(), 3U);
  const TimeStep step = StepAt(Now(), std::chrono::seconds(30));
  ASSERT_EQ(Login(CodeAt(before.devices[0].secret, step)), PAM_SUCCESS);
  const ImportedUser after = Import();
  EXPECT_EQ(after.devices.at(0).first_step, step + 1);
  EXPECT_TRUE(after.devices[0].secret.Equals(before.devices[0].secret));
}

TEST_F(GooglePeerTest, ScratchCodeThatWasUsedIsNotTakenOver) {
  Make("-t -d -u");
  const ImportedUser before = Import();
  ASSERT_EQ(before.recovery_codes.size(), 3U);
  ASSERT_EQ(Login(std::string(before.recovery_codes[1].text())), PAM_SUCCESS);
  const ImportedUser after = Import();
  ASSERT_EQ(after.recovery_codes.size(), 2U);
  EXPECT_TRUE(after.recovery_codes[1].Equals(before.recovery_codes[2]));
}

TEST_F(GooglePeerTest, CounterOfTheFileIsTheNextOne) {
  Make("-c -u");
  const ImportedUser user = Import();
  EXPECT_EQ(user.devices.at(0).type, ImportedDevice::Type::kHotp);
  EXPECT_EQ(user.devices[0].counter, 1U);
}

}  // namespace
}  // namespace twofactor
