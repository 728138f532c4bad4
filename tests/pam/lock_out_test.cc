// Somebody who knows the password fails on purpose for as long as they like. Uses the built module
// in the real libpam, with the built daemon and without it. The user is root, which every machine
// has.
#include <gtest/gtest.h>
#include <security/pam_appl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "common/livestore/reader.h"
#include "common/otp/totp.h"
#include "tests/pam/daemon_process.h"
#include "tests/pam/login.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr const char* kSecret = "12345678901234567890";
constexpr const char* kSecretInBase32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
constexpr const char* kHome = "198.51.100.7";
constexpr const char* kStranger = "192.0.2.1";

class LockedOutTest : public testing::Test {
 protected:
  explicit LockedOutTest(const std::string& throttle = "") : daemon_(throttle) {}

  void SetUp() override {
    ASSERT_TRUE(daemon_.Start());
    const json user = {{"username", "root"},
                       {"uid", 0},
                       {"devices", {{{"type", "TOTP"}, {"secret", kSecretInBase32}}}}};
    const auto imported = daemon_.Connect()->Call(
        "user.import_2fa_devices", json::array({json::array({user}), json::object()}));
    ASSERT_TRUE(imported) << imported.error().message();
  }

  PamStack::Outcome LogIn(const std::string& host, const std::string& code) {
    PamStack stack("auth required MODULE show_wait run_dir=" + daemon_.paths().directory());
    stack.ComeFrom(host, "ssh");
    return stack.Login("root", {code});
  }
  static std::string Code() {
    const TimeStep now = StepAt(SystemClock().Wall(), OtpParameters{}.interval);
    return std::string(GenerateTotp(SecretBytes::CopyOf(kSecret), {}, now)->text());
  }
  // Whether a right code was checked. If it was used before, its user is told so.
  bool IsLookedAt(const std::string& host) {
    const auto outcome = LogIn(host, Code());
    return outcome.code == PAM_SUCCESS ||
           (outcome.messages.size() == 1 &&
            outcome.messages[0].find("used before") != std::string::npos);
  }
  DeviceRecord Device() const {
    auto store = LiveStoreReader::Open(daemon_.paths());
    auto devices = store->FindDevices(Username::Parse("root").value());
    return std::move(devices.value().front());
  }
  int FailuresOfStrangers() const {
    auto store = LiveStoreReader::Open(daemon_.paths());
    const auto device = store->FindDevices(Username::Parse("root").value()).value();
    return store->ledger().ReadFailures(device.front().slot, Budget::kStrangers).count;
  }
  // The module reports a login to the daemon after the login.
  void LogInAtHome() {
    ASSERT_EQ(LogIn(kHome, Code()).code, PAM_SUCCESS);
    for (int i = 0; i < 3000 && Device().origins == KnownOrigins{}; ++i) {
      usleep(10'000);
    }
    ASSERT_NE(Device().origins, KnownOrigins{});
  }
  // Of 30 logins from home, each after a guess from elsewhere.
  int LookedAtUnderAttack() {
    int looked = 0;
    for (int i = 0; i < 30; ++i) {
      EXPECT_EQ(LogIn(kStranger, "000000").code, PAM_AUTH_ERR);
      looked += IsLookedAt(kHome) ? 1 : 0;
    }
    return looked;
  }

  DaemonProcess daemon_;
};

TEST_F(LockedOutTest, StrangerWhoFailsForEverStopsNobodyAtHomeWithADaemonAndWithout) {
  LogInAtHome();
  for (int i = 0; i < 10; ++i) {
    LogIn(kStranger, "000000");
  }
  EXPECT_FALSE(IsLookedAt("203.0.113.9"));
  EXPECT_EQ(LookedAtUnderAttack(), 30);
  EXPECT_FALSE(IsLookedAt(kStranger));
  daemon_.Kill();
  EXPECT_EQ(LookedAtUnderAttack(), 30);
  EXPECT_FALSE(IsLookedAt("203.0.113.9"));
  // Five at once, then, because of the waits, at most one more in each of so many seconds, however
  // long a busy machine takes.
  EXPECT_GE(FailuresOfStrangers(), 5);
  EXPECT_LE(FailuresOfStrangers(), 10);
}

TEST_F(LockedOutTest, HomeIsRememberedByTheNextDaemonAndAfterAReboot) {
  LogInAtHome();
  daemon_.Kill();
  for (const auto& file : {daemon_.paths().Ledger(), daemon_.paths().Records()}) {
    unlink(file.c_str());
  }
  ASSERT_TRUE(daemon_.Start());
  EXPECT_NE(Device().origins, KnownOrigins{});
}

// The earlier behavior, which the administrator can still choose.
class OneBudgetTest : public LockedOutTest {
 protected:
  OneBudgetTest() : LockedOutTest("known_origin_days = 0\n") {}
};

TEST_F(OneBudgetTest, StrangerWhoFailsForEverStopsEverybody) {
  ASSERT_EQ(LogIn(kHome, Code()).code, PAM_SUCCESS);
  for (int i = 0; i < 10; ++i) {
    LogIn(kStranger, "000000");
  }
  EXPECT_LE(LookedAtUnderAttack(), 5);
}

}  // namespace
}  // namespace twofactor
