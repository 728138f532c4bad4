// Many clients of the built daemon submit one recovery code and one HOTP code at once. The daemon
// consumes them in the vault, and each opens one login.
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "common/otp/hotp.h"
#include "tests/pam/daemon_process.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr int kClients = 32;
constexpr int kRounds = 5;
constexpr const char* kSecret = "12345678901234567890";
constexpr const char* kSecretInBase32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

class ConsumeRaceTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(daemon_.Start());
    const json user = {
        {"username", "root"},
        {"uid", 0},
        {"devices", {{{"type", "HOTP"}, {"secret", kSecretInBase32}}}},
        {"recovery_codes", {"11111111", "22222222", "33333333", "44444444", "55555555"}}};
    const auto imported = daemon_.Connect()->Call(
        "user.import_2fa_devices", json::array({json::array({user}), json::object()}));
    ASSERT_TRUE(imported) << imported.error().message();
    ASSERT_EQ((*imported)[0]["outcome"], "imported") << imported->dump();
  }

  // Returns how many of the clients get in with it.
  int LogInFromAll(const std::string& code) {
    std::atomic<int> ready{0};
    std::atomic<int> granted{0};
    std::atomic<int> unanswered{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back([&] {
        auto client = daemon_.Connect();
        ++ready;
        while (ready < kClients) {
          std::this_thread::yield();
        }
        const auto answer =
            client ? client->Call("pam.verify",
                                  json::array({"root", 0, "login", json::array({code}), false}))
                   : Result<json>(Fail(client.error()));
        unanswered += answer ? 0 : 1;
        granted += answer && (*answer)["outcome"] == "granted" ? 1 : 0;
      });
    }
    for (std::thread& client : clients) {
      client.join();
    }
    EXPECT_EQ(unanswered, 0);
    return granted;
  }

  DaemonProcess daemon_;
};

TEST_F(ConsumeRaceTest, OneOfThirtyTwoClientsGetsInWithARecoveryCode) {
  for (const char digit : {'1', '2', '3', '4', '5'}) {
    EXPECT_EQ(LogInFromAll(std::string(8, digit)), 1) << digit;
  }
}

TEST_F(ConsumeRaceTest, OneOfThirtyTwoClientsGetsInWithAnHotpCode) {
  for (HotpCounter counter = 0; counter < kRounds; ++counter) {
    const auto code = GenerateHotp(SecretBytes::CopyOf(kSecret), {}, counter);
    EXPECT_EQ(LogInFromAll(std::string(code->text())), 1) << counter;
  }
}

}  // namespace
}  // namespace twofactor
