// Kills the daemon and the applications that log in at random moments under load: renewals, logins
// and imports that make the live store grow. Nothing that was answered is lost, nothing is half
// done, no code is accepted twice, no login hangs, and the daemon starts by itself.
//
// TWOFACTOR_KILLS=N kills N times.
#include <gtest/gtest.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <thread>

#include "common/livestore/reader.h"
#include "common/otp/base32.h"
#include "common/otp/totp.h"
#include "tests/pam/daemon_process.h"
#include "tests/pam/login.h"

namespace twofactor {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr int kHosts = 2;
constexpr seconds kHang{10};
constexpr std::size_t kSeconds = 4;  // Grants are counted by the second of a code's step.

int Kills() {
  const char* asked = std::getenv("TWOFACTOR_KILLS");
  return asked == nullptr ? 300 : std::stoi(asked);
}

// Shared by the applications and the test: the secret that was answered last, and the grants.
struct Shared {
  // Odd while `secret` is written: an application that is killed leaves no lock.
  std::atomic<std::uint32_t> sequence{0};
  std::array<char, 20> secret{};
  std::atomic<int> logins{0};
  std::atomic<int> granted_twice{0};
  std::atomic<int> longest_ms{0};
  // The grants of each code, by secret and step, modulo.
  std::array<std::array<std::atomic<std::uint64_t>, kSeconds>, 1024> granted{};
};

TimeStep Now() { return StepAt(SystemClock().Wall(), OtpParameters{}.interval); }

std::string Code(std::string_view secret, TimeStep step) {
  return std::string(GenerateTotp(SecretBytes::CopyOf(secret), {}, step)->text());
}

std::string NewSecretText(std::uint32_t number) {
  std::string text = "secret no. 000000000";
  for (std::size_t at = text.size(); number > 0; number /= 10) {
    text[--at] = static_cast<char>('0' + number % 10);
  }
  return text;
}

json Import(const std::string& name, uid_t uid, std::string_view secret) {
  const json device = {{"type", "TOTP"},
                       {"secret", EncodeBase32(SecretBytes::CopyOf(secret))->text()}};
  return {{"username", name}, {"uid", uid}, {"devices", json::array({device})}};
}

class WholeKillTest : public testing::Test {
 protected:
  WholeKillTest()
      : shared_(*new (mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Shared),
        stack_("auth required MODULE run_dir=" + daemon_.paths().directory()) {}

  bool LogIn(std::string_view secret, TimeStep step) {
    const auto start = steady_clock::now();
    const bool granted = stack_.Login("root", {Code(secret, step)}).code == PAM_SUCCESS;
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start);
    shared_.longest_ms = std::max<int>(shared_.longest_ms, static_cast<int>(took.count()));
    ++shared_.logins;
    return granted;
  }

  // An application: it logs in with the secret that was answered, with the earlier of the valid
  // codes, until it is killed.
  [[noreturn]] void Host() {
    for (;;) {
      const std::uint32_t before = shared_.sequence;
      const std::string secret(shared_.secret.data(), shared_.secret.size());
      if (before % 2 != 0 || shared_.sequence != before) {
        continue;
      }
      const TimeStep step = Now() - 1;
      if (LogIn(secret, step)) {
        NoteGrant(before / 2, step);
      }
    }
  }
  void NoteGrant(std::uint32_t number, TimeStep step) {
    // The word of a code holds its number, which distinguishes its grant from an older code's.
    auto& word = shared_.granted[number % shared_.granted.size()][step % kSeconds];
    const std::uint64_t code = std::uint64_t{number} << 32 | step;
    shared_.granted_twice += word.exchange(code) == code ? 1 : 0;
  }

  void PublishAnswered() {
    ++shared_.sequence;
    std::memcpy(shared_.secret.data(), answered_.data(), shared_.secret.size());
    ++shared_.sequence;
  }

  // Renews root's secret: with the method, which asks the system for all that it knows about root,
  // or with an import, which is faster. Returns false if the daemon died.
  bool RenewOnce(ApiClient& client, bool by_method) {
    std::string secret = NewSecretText(++renewals_);
    unanswered_ = true;
    const auto answer =
        by_method ? client.Call("user.renew_2fa_secret", json::array({"root", json::object()}))
                  : client.Call("user.import_2fa_devices",
                                json::array({json::array({Import("root", 0, secret)}),
                                             json::object({{"replace", true}})}));
    if (!answer) {
      return false;
    }
    if (by_method) {
      secret = SecretIn((*answer)["twofactor_config"]["provisioning_uri"]);
    } else {
      EXPECT_EQ((*answer)[0]["outcome"], "imported") << answer->dump();
    }
    former_ = std::exchange(answered_, secret);
    unanswered_ = false;
    ++answers_;
    PublishAnswered();
    return true;
  }
  static std::string SecretIn(const std::string& uri) {
    const std::size_t start = uri.find("secret=") + std::strlen("secret=");
    return std::string(DecodeBase32(uri.substr(start, uri.find('&', start) - start))->text());
  }

  // Renews until the daemon is dead.
  void Renew(bool by_method) {
    auto client = daemon_.Connect();
    while (client && RenewOnce(*client, by_method)) {
    }
  }

  // Imports new users until the daemon is dead, which makes the three files grow.
  void Grow() {
    auto client = daemon_.Connect();
    while (client) {
      json users = json::array();
      for (int i = 0; i < 5; ++i) {
        users.push_back(Import(NameOf(users_tried_ + i), 5000, "12345678901234567890"));
      }
      const int first = users_tried_;
      users_tried_ += 5;
      if (!client->Call("user.import_2fa_devices", json::array({users, json::object()}))) {
        return;
      }
      last_imported_ = NameOf(first + 4);
    }
  }
  static std::string NameOf(int user) { return "import" + std::to_string(user); }

  std::array<pid_t, kHosts> StartHosts() {
    std::array<pid_t, kHosts> hosts{};
    for (pid_t& host : hosts) {
      host = fork();
      if (host == 0) {
        Host();
      }
    }
    return hosts;
  }
  static void KillHost(pid_t& host) {
    if (host > 0) {
      kill(host, SIGKILL);
      waitpid(host, nullptr, 0);
      host = 0;
    }
  }

  // Either the secret that was answered or the one in progress counts, once. Uses the later code of
  // the window, which no application used.
  void ExpectOneSecret() {
    const TimeStep step = Now() + 1;
    std::string live;
    {
      auto store = LiveStoreReader::Open(daemon_.paths());
      ASSERT_TRUE(store) << store.error().message();
      const auto devices = store->FindDevices(Username::Parse("root").value());
      ASSERT_TRUE(devices) << devices.error().message();
      ASSERT_EQ(devices->size(), 1U);
      live = devices->front().secret.text();
    }
    if (live != answered_) {
      EXPECT_TRUE(unanswered_) << "an answered renewal is lost";
      EXPECT_FALSE(LogIn(answered_, step)) << "two secrets count";
    }
    EXPECT_TRUE(LogIn(live, step)) << "nobody logs in";
    EXPECT_FALSE(LogIn(live, step)) << "a code was accepted twice";
    if (!former_.empty()) {
      EXPECT_FALSE(LogIn(former_, step)) << "a dead secret counts";
    }
    former_ = live == answered_ ? former_ : answered_;
    answered_ = live;
    unanswered_ = false;
    PublishAnswered();
  }
  void ExpectImported() {
    auto store = LiveStoreReader::Open(daemon_.paths());
    ASSERT_TRUE(store);
    if (!last_imported_.empty()) {
      const auto devices = store->FindDevices(Username::Parse(last_imported_).value());
      ASSERT_TRUE(devices) << devices.error().message();
      EXPECT_EQ(devices->size(), 1U) << last_imported_;
    }
  }

  DaemonProcess daemon_;
  Shared& shared_;
  PamStack stack_;
  std::string answered_;
  std::string former_;
  std::atomic<bool> unanswered_{false};
  std::uint32_t renewals_ = 0;
  int answers_ = 0;
  int users_tried_ = 0;
  std::string last_imported_;
};

TEST_F(WholeKillTest, NothingIsLostAndNothingIsRepairedWhoeverIsKilled) {
  ASSERT_TRUE(daemon_.Start());
  // NOLINTNEXTLINE(cert-msc51-cpp): the same delays each time, as far as the machine lets them.
  std::mt19937 random(1);
  std::uniform_int_distribution<useconds_t> delay(0, 30'000);
  int kills = 0;
  for (; kills < Kills() && !HasFailure(); ++kills) {
    // A secret with unused codes.
    auto client = daemon_.Connect();
    ASSERT_TRUE(client && RenewOnce(*client, /*by_method=*/false));
    auto hosts = StartHosts();
    std::thread renewals([this, kills] { Renew(kills % 8 == 0); });
    std::thread imports([this] { Grow(); });
    usleep(delay(random));
    if (kills % 2 == 0) {
      KillHost(hosts[0]);
    }
    daemon_.Kill();
    renewals.join();
    imports.join();
    for (pid_t& host : hosts) {
      KillHost(host);
    }
    // Root logs in while the daemon is dead, as well as after its next start.
    const bool dead = kills % 4 < 2;
    if (dead) {
      ExpectOneSecret();
    }
    ASSERT_TRUE(daemon_.Start()) << "it does not start by itself: " << daemon_.Log();
    if (!dead) {
      ExpectOneSecret();
    }
    ExpectImported();
    // Reports progress, because a run may take an hour.
    if ((kills + 1) % 500 == 0) {
      std::printf("%d kills\n", kills + 1);
      std::fflush(stdout);
    }
  }
  EXPECT_EQ(shared_.granted_twice, 0);
  EXPECT_LT(shared_.longest_ms, std::chrono::milliseconds(kHang).count());
  std::printf("%d kills, %d renewals answered, %d users imported, %d logins, the longest %d ms\n",
              kills, answers_, users_tried_, shared_.logins.load(), shared_.longest_ms.load());
}

}  // namespace
}  // namespace twofactor
