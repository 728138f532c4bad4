// Kills 'twofactorctl rekey', the daemon, or both at random moments of a rekey. The daemon then
// starts with the key that is in place and opens every secret, and another rekey finishes the
// change.
//
// TWOFACTOR_KILLS=N kills N times.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/pam/daemon_process.h"

namespace twofactor {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;

constexpr int kUsers = 1500;
constexpr int kUsersPerCall = 100;
constexpr useconds_t kShortest = 5000;

int Kills() {
  const char* asked = std::getenv("TWOFACTOR_KILLS");
  return asked == nullptr ? 100 : std::stoi(asked);
}

class RekeyKillTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) {
      GTEST_SKIP() << "skipped: needs root";
    }
    ASSERT_TRUE(daemon_.Start());
    for (int first = 0; first < kUsers; first += kUsersPerCall) {
      Import(first);
    }
  }

  void Import(int first) const {
    json users = json::array();
    for (int user = first; user < first + kUsersPerCall; ++user) {
      const json device = {{"type", user % 7 == 0 ? "HOTP" : "TOTP"},
                           {"secret", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}};
      users.push_back({{"username", "user" + std::to_string(user)},
                       {"uid", 10000 + user},
                       {"devices", json::array({device})}});
    }
    auto client = daemon_.Connect();
    ASSERT_TRUE(client);
    const auto imported = client->Call("user.import_2fa_devices", json::array({users}));
    ASSERT_TRUE(imported) << imported.error().message();
  }

  pid_t StartRekey() const {
    const pid_t child = fork();
    if (child == 0) {
      const int nowhere = open("/dev/null", O_WRONLY);
      dup2(nowhere, STDOUT_FILENO);
      dup2(nowhere, STDERR_FILENO);
      const std::string run = daemon_.paths().directory();
      const std::string key = daemon_.key_file();
      execl(TWOFACTORCTL, "twofactorctl", "rekey", "--run-dir", run.c_str(), "--key-file",
            key.c_str(), nullptr);
      _exit(127);
    }
    return child;
  }
  // Whether it exited with 0.
  static bool Await(pid_t rekey) {
    int status = 0;
    waitpid(rekey, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  // Whether a rekey has begun and not finished. The start has opened every secret.
  bool UnderWay() const {
    auto client = daemon_.Connect();
    const auto health = client ? client->Call("core.health", json::array()) : Fail(client.error());
    EXPECT_TRUE(health);
    if (!health) {
      return false;
    }
    EXPECT_EQ((*health)["users"], kUsers);
    return (*health)["rekey_under_way"].get<bool>();
  }

  DaemonProcess daemon_;
};

TEST_F(RekeyKillTest, DaemonStartsWithEverySecretWhoeverIsKilledAndAnotherRekeyFinishes) {
  const auto begun = steady_clock::now();
  ASSERT_TRUE(Await(StartRekey()));
  const auto whole =
      std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begun).count();
  // NOLINTNEXTLINE(cert-msc51-cpp): the same delays each time, as far as the machine lets them.
  std::mt19937 random(1);
  std::uniform_int_distribution<useconds_t> delay(kShortest, static_cast<useconds_t>(whole));
  int cut = 0;
  int finished = 0;
  for (int kills = 0; kills < Kills() && !HasFailure(); ++kills) {
    const pid_t rekey = StartRekey();
    usleep(delay(random));
    const auto whom = random() % 3;
    if (whom != 1) {
      kill(rekey, SIGKILL);
    }
    if (whom != 0) {
      daemon_.Kill();
    }
    Await(rekey);
    daemon_.Kill();
    ASSERT_TRUE(daemon_.Start()) << "after " << kills << " kills: " << daemon_.Log();
    cut += UnderWay() ? 1 : 0;
    if (kills % 4 == 3) {
      ASSERT_TRUE(Await(StartRekey())) << "after " << kills << " kills";
      EXPECT_FALSE(UnderWay());
      ++finished;
    }
  }
  std::printf("%d kills, %d of them amid a rekey, %d rekeys finished afterwards\n", Kills(), cut,
              finished);
  RecordProperty("amid", cut);
  EXPECT_GT(cut, 0);
  ASSERT_TRUE(Await(StartRekey()));
  daemon_.Kill();
  ASSERT_TRUE(daemon_.Start());
  EXPECT_FALSE(UnderWay());
}

}  // namespace
}  // namespace twofactor
