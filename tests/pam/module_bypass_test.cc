// Tests a user whom an administrator lets in without a code, with the built module in the real
// libpam and without a daemon.
#include <gmock/gmock.h>
#include <security/pam_appl.h>
#include <unistd.h>

#include "common/base/time_text.h"
#include "tests/pam/answering_daemon.h"
#include "tests/pam/login.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

class ModuleBypassTest : public testing::Test {
 protected:
  ModuleBypassTest() {
    // The module reads the machine's own clock.
    store_.clock.wall = SystemClock().Wall();
    store_.clock.boot = SystemClock().Boot();
    store_.Restart();
    store_.Enroll("root", 0, RfcSecret());
  }
  // A module that always succeeds follows, so that PAM_IGNORE is a success.
  PamStack::Outcome Login(const std::string& options = "", int flags = 0) {
    const PamStack stack("auth required MODULE run_dir=" + store_.paths().directory() + " " +
                         options + "\nauth required pam_permit.so");
    return stack.Login("root", {"000000"}, flags);
  }
  // A bypass that ends at these moments.
  void End(WallTime wall, BootTime boot) { store_.publisher().SetBypass(0, Bypass{wall, boot}); }

  StoreFixture store_;
};

TEST_F(ModuleBypassTest, AsksForNothingAndTellsTheUserUntilWhen) {
  store_.SetBypass("root", hours(1));
  const auto outcome = Login();
  EXPECT_EQ(outcome.code, PAM_SUCCESS);
  EXPECT_TRUE(outcome.prompts.empty());
  EXPECT_EQ(outcome.messages, Texts{"The second factor is off for you until " +
                                    LocalTimeText(store_.clock.wall + hours(1)) + "."});
  EXPECT_TRUE(Login("", PAM_SILENT).messages.empty());
}

TEST_F(ModuleBypassTest, IsIgnoreAndNoSuccessOfItsOwn) {
  store_.SetBypass("root", hours(1));
  const PamStack alone("auth required MODULE run_dir=" + store_.paths().directory());
  EXPECT_EQ(alone.Login("root", {}).code, PAM_PERM_DENIED);
  const PamStack wrong_password("auth required pam_deny.so\nauth required MODULE run_dir=" +
                                store_.paths().directory());
  EXPECT_EQ(wrong_password.Login("root", {}).code, PAM_AUTH_ERR);
}

TEST_F(ModuleBypassTest, OverByEitherClockAsksAgain) {
  const WallTime wall = SystemClock().Wall();
  const BootTime boot = SystemClock().Boot();
  End(wall + hours(1), boot + hours(1));
  EXPECT_EQ(Login().code, PAM_SUCCESS);
  // It has expired.
  End(wall, boot + hours(1));
  EXPECT_EQ(Login().code, PAM_AUTH_ERR);
  // The clock was set back.
  End(wall + hours(24), boot);
  const auto asked = Login();
  EXPECT_EQ(asked.code, PAM_AUTH_ERR);
  EXPECT_EQ(asked.prompts.size(), 1U);
}

TEST_F(ModuleBypassTest, TakenBackAsksAgain) {
  store_.SetBypass("root", hours(1));
  store_.SetBypass("root", std::nullopt);
  EXPECT_EQ(Login().code, PAM_AUTH_ERR);
}

TEST_F(ModuleBypassTest, LetsInWhileWrongCodesHaveToWait) {
  for (int i = 0; i < 20; ++i) {
    Login();
  }
  store_.SetBypass("root", hours(1));
  EXPECT_EQ(Login("maxtries").code, PAM_SUCCESS);
}

TEST_F(ModuleBypassTest, RenewalOfTheUserEndsIt) {
  store_.SetBypass("root", hours(1));
  store_.Enroll("root", 0, SecretBytes::CopyOf("another secret, 20 b"));
  EXPECT_EQ(Login().code, PAM_AUTH_ERR);
}

// As in applications that do not run as root, and modules that do not know the layout of the
// records.
TEST_F(ModuleBypassTest, DaemonsAnswerIsTheSame) {
  unlink(store_.paths().Records().c_str());
  const WallTime until = store_.clock.wall + hours(1);
  AnsweringDaemon daemon(store_.paths(), {{"pam.state",
                                           {{"result",
                                             {{"state", "disabled"},
                                              {"digits", json::array({6})},
                                              {"off_until", until.time_since_epoch().count()}}}}}});
  const auto outcome = Login();
  EXPECT_EQ(outcome.code, PAM_SUCCESS);
  EXPECT_EQ(outcome.messages,
            Texts{"The second factor is off for you until " + LocalTimeText(until) + "."});
}

}  // namespace
}  // namespace twofactor
