// An earlier version left a vault with two devices that have the same secret. The built daemon
// starts with it, and users log in through the built module.
#include <security/pam_appl.h>

#include <gtest/gtest.h>
#include <security/pam_appl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "common/otp/totp.h"
#include "tests/pam/daemon_process.h"
#include "tests/pam/login.h"
#include "tests/support/store_fixture.h"
#include "tests/unit/vault/old_vault.h"

namespace twofactor {
namespace {

using nlohmann::json;

NewSecret DeviceOfRoot(std::uint32_t device, const std::string& label) {
  return {.username = Username::Parse("root").value(),
          .uid = 0,
          .device = device,
          .parameters = {},
          .created = SystemClock().Wall(),
          .secret = RfcSecret(),
          .label = label};
}

class EqualSecretsOfAnOldVaultTest : public testing::Test {
 protected:
  void SetUp() override {
    // Makes the key and sets the owners.
    ASSERT_TRUE(daemon_.Start());
    daemon_.Kill();
    std::string key = ReadFile(daemon_.key_file());
    key.resize(64);
    std::vector<NewSecret> devices;
    devices.push_back(DeviceOfRoot(0, "phone"));
    devices.push_back(DeviceOfRoot(1, "tablet"));
    MakeVaultOfSchema6(daemon_.state() + "/vault.sqlite", key, devices);
    struct stat owner {};
    ASSERT_EQ(stat(daemon_.state().c_str(), &owner), 0);
    for (const auto& file : std::filesystem::directory_iterator(daemon_.state())) {
      ASSERT_EQ(chown(file.path().c_str(), owner.st_uid, owner.st_gid), 0);
    }
    ASSERT_TRUE(daemon_.Start()) << daemon_.Log();
  }

  static std::string Code() {
    const TimeStep step = StepAt(SystemClock().Wall(), std::chrono::seconds(30));
    return std::string(GenerateTotp(RfcSecret(), {}, step).value().text());
  }
  int LogIn(const std::string& code) const {
    const PamStack stack("auth required MODULE run_dir=" + daemon_.paths().directory());
    return stack.Login("root", {code}).code;
  }

  DaemonProcess daemon_;
};

TEST_F(EqualSecretsOfAnOldVaultTest, OneDeviceStaysWhichIsLoggedAndOneCodeOpensOneLogin) {
  EXPECT_NE(daemon_.Log().find("a device of root was removed"), std::string::npos) << daemon_.Log();
  auto client = daemon_.Connect();
  ASSERT_TRUE(client);
  const auto listed = client->Call("user.list_2fa_devices", json::array({"root"}));
  ASSERT_TRUE(listed) << listed.error().message();
  EXPECT_EQ((*listed)["devices"].size(), 1U);

  // The ledger is from a start without devices, so nobody waits for a fresh step.
  const std::string code = Code();
  EXPECT_EQ(LogIn(code), PAM_SUCCESS);
  EXPECT_EQ(LogIn(code), PAM_AUTH_ERR);
  EXPECT_EQ(LogIn(code), PAM_AUTH_ERR);
  daemon_.Kill();
  ASSERT_TRUE(daemon_.Start());
  EXPECT_EQ(daemon_.Log().find("was removed"), std::string::npos);
  EXPECT_EQ(LogIn(code), PAM_AUTH_ERR);
  const auto renewed =
      daemon_.Connect()->Call("user.renew_2fa_secret", json::array({"root", json::object()}));
  ASSERT_TRUE(renewed) << renewed.error().message();
  const TimeStep next = StepAt(SystemClock().Wall(), std::chrono::seconds(30)) + 1;
  EXPECT_EQ(LogIn(std::string(GenerateTotp(RfcSecret(), {}, next).value().text())), PAM_AUTH_ERR);
}

}  // namespace
}  // namespace twofactor
