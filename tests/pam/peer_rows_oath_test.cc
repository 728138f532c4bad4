// The logins of pam_oath's own test, and its ways of taking an earlier module's password, played
// with its own module and with ours.
#include <gtest/gtest.h>

#include "common/otp/hotp.h"
#include "tests/pam/peer_rows.h"

namespace twofactor {
namespace {

constexpr const char* kHexSecret = "3132333435363738393031323334353637383930";

// RFC 4226, appendix D.
std::string Code(std::uint64_t counter) {
  return std::string(
      GenerateHotp(SecretBytes::CopyOf("12345678901234567890"), {}, counter)->text());
}

class OathRowsTest : public PeerRowsTest {
 protected:
  OathRowsTest() : PeerRowsTest("pam_oath.so window=20 usersfile=", "users.oath") {}
  std::string Guide() const override {
    return PROJECT_SOURCE_DIR "/docs/migrating-from-pam-oath.md";
  }
  // `password` as in the file: "-" for none, "+" for one that another module checks.
  void BeginHotp(const std::string& password = "-") {
    Begin("HOTP\troot\t" + password + "\t" + kHexSecret + "\n");
  }
};

TEST_F(OathRowsTest, CountersGoForward) {
  BeginHotp();
  Play({"digits=6", std::nullopt, "incorrectpassword"});
  Play({"digits=6", std::nullopt, Code(0)});
  Play({"digits=6", std::nullopt, Code(2)});
  Play({"digits=6", std::nullopt, Code(1)});
}

TEST_F(OathRowsTest, EarlierPasswordIsTheCode) {
  BeginHotp();
  Play({"use_first_pass", Code(0), ""});
  Play({"try_first_pass", Code(1), ""});
}

TEST_F(OathRowsTest, EndOfTheEarlierPasswordIsTheCode) {
  BeginHotp("+");
  Play({"use_first_pass digits=6", "password" + Code(0), ""});
  Play({"try_first_pass digits=6", "password" + Code(1), ""});
}

TEST_F(OathRowsTest, EarlierPasswordThatIsNoCode) {
  BeginHotp();
  Play({"use_first_pass", "password", ""});
  Play({"use_first_pass digits=6", "password", ""});
  Play({"try_first_pass", "password", Code(0)}, "`try_first_pass` and a password that is no code");
}

TEST_F(OathRowsTest, NoEarlierModuleAsked) {
  BeginHotp();
  Play({"use_first_pass", std::nullopt, Code(0)});
  Play({"try_first_pass", std::nullopt, Code(0)});
}

TEST_F(OathRowsTest, UserWhoIsNotInTheFile) {
  Begin(std::string("HOTP\tsomebody\t-\t") + kHexSecret + "\n", Import::kNo);
  Play({"", std::nullopt, Code(0)}, "user who is not in the file");
  Play({"user_unknown", std::nullopt, Code(0)});
}

}  // namespace
}  // namespace twofactor
