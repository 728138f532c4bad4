// Runs the logins of pam_oath's test (test-pam_oath-root.c) through our module: the key 00, its
// codes and its time. Its window of 20 is our maximum. If ours differs on purpose, the test says
// so, and docs/migrating-from-pam-oath.md says why.
#include <gtest/gtest.h>

#include "tests/pam/peer_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

// One byte, in base32.
constexpr const char* kOathSecret = "AA";

class OathTableTest : public PeerFixture {
 protected:
  OathTableTest() {
    SetTime(1165446000);  // 2006-12-07 in its time zone, which is an hour ahead
    Call(Connect(0), "auth.twofactor.update", json::array({{{"window", kMaxWindow}}})).value();
  }
  LoginOutcome Try(const std::string& typed) {
    // Its attempts are for three users; here they follow one another, without our waits.
    Call(Connect(0), "user.clear_2fa_throttle", {"alice"}).value();
    return LogIn(options_, typed);
  }

  std::vector<std::string> options_{"digits=6"};
};

TEST_F(OathTableTest, User1CountsForward) {
  Import({{"type", "HOTP"}, {"secret", kOathSecret}});
  EXPECT_EQ(Try("incorrectpassword"), LoginOutcome::kAuthError);
  EXPECT_EQ(Try("328482"), LoginOutcome::kSuccess);
  EXPECT_EQ(Try("073348"), LoginOutcome::kSuccess);  // One was skipped.
  EXPECT_EQ(Try("812658"), LoginOutcome::kAuthError);
}

TEST_F(OathTableTest, User2HasAPasswordBeforeTheCode) {
  options_ = {"digits=6", "forward_pass"};
  Import({{"type", "HOTP"}, {"secret", kOathSecret}});
  EXPECT_EQ(Try("bad"), LoginOutcome::kAuthError);
  EXPECT_EQ(Try("pw328482"), LoginOutcome::kSuccess);
  EXPECT_EQ(host_.left, "pw");
  EXPECT_EQ(Try("pw073348"), LoginOutcome::kSuccess);
  EXPECT_EQ(Try("pw812658"), LoginOutcome::kAuthError);
  // Theirs compares the password itself, and does not consume the code if that is wrong. Ours
  // passes the password to the next module, which refuses.
  EXPECT_EQ(Try("bad887919"), LoginOutcome::kSuccess);
  EXPECT_EQ(host_.left, "bad");
}

TEST_F(OathTableTest, User3HasAClock) {
  Import({{"type", "TOTP"}, {"secret", kOathSecret}});
  EXPECT_EQ(Try("bad"), LoginOutcome::kAuthError);
  EXPECT_EQ(Try("299833"), LoginOutcome::kSuccess);  // The next step's.
  EXPECT_EQ(Try("299833"), LoginOutcome::kAuthError);
  EXPECT_EQ(Try("140852"), LoginOutcome::kAuthError);  // The current one's, which is older.
  EXPECT_EQ(Try("936706"), LoginOutcome::kSuccess);    // Eight on.
  EXPECT_EQ(Try("512368"), LoginOutcome::kAuthError);  // Five on.
  EXPECT_EQ(Try("787399"), LoginOutcome::kSuccess);    // Ten on.
}

TEST_F(OathTableTest, User4IsNotInTheFile) {
  options_ = {"user_unknown"};
  EXPECT_EQ(LogIn(options_, "328482"), LoginOutcome::kUserUnknown);
  EXPECT_TRUE(host_.prompts.empty());
  // Without the option ours does not tell who has a second factor.
  EXPECT_EQ(LogIn({}, "328482"), LoginOutcome::kAuthError);
  EXPECT_EQ(host_.prompts.size(), 1U);
}

}  // namespace
}  // namespace twofactor
