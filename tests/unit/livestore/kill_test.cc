// A daemon that is killed at any instruction leaves a store that is whole, and verifiers meet
// nothing half, neither while it works nor when it is gone.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/interprocess/anonymous_shared_memory.hpp>
#include <new>
#include <random>

#include "common/otp/totp.h"
#include "tests/support/sanitized.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

constexpr int kKills = kSanitized ? 60 : 300;
// Enough to make the index and the two other files longer: they begin with room for 512 and 1024.
constexpr std::uint32_t kVictims = 1200;

SecretBytes SecretOf(std::uint32_t parity) {
  return parity == 0 ? RfcSecret() : SecretBytes::CopyOf("the other secret 20b");
}

std::string VictimName(std::uint32_t user) {
  return user == 0 ? "alice" : "user" + std::to_string(user);
}

// What the processes share in place of the vault's file: per user the generation that is committed
// (0: none), whose parity also says which of the two secrets.
class Commits {
 public:
  Commits()
      : memory_(boost::interprocess::anonymous_shared_memory(sizeof(State))),
        state_(new (memory_.get_address()) State{}) {}

  void Put(std::uint32_t user) { state_->users[user] = ++state_->last; }
  void Clear() { new (state_) State{}; }
  std::uint32_t Of(std::uint32_t user) const { return state_->users[user]; }

  std::uint32_t Users() const {
    std::uint32_t users = 0;
    while (users < kVictims && Of(users) != 0) {
      ++users;
    }
    return users;
  }

  PublishedDevice DeviceOf(std::uint32_t user) const {
    const std::uint32_t generation = Of(user);
    return {Username::Parse(VictimName(user)).value(),
            1000,
            0,
            user,
            generation,
            {},
            WallTime{},
            SecretOf(generation % 2)};
  }

  VaultImage Image() const {
    VaultImage image;
    image.last_generation = state_->last;
    for (std::uint32_t user = 0; user < kVictims; ++user) {
      if (Of(user) != 0) {
        image.devices.emplace(VictimName(user), DeviceOf(user));
      }
    }
    return image;
  }

 private:
  struct State {
    std::atomic<std::uint32_t> last{0};
    std::array<std::atomic<std::uint32_t>, kVictims> users{};
  };

  boost::interprocess::mapped_region memory_;
  State* state_;
};

class KillTest : public testing::Test {
 protected:
  KillTest() {
    store_.settings.throttle.free_tries = 255;
    StartOver();
  }

  // A vault with alice alone, so that the files grow again.
  void StartOver() {
    commits_.Clear();
    commits_.Put(0);
    RunDaemon();
    // It is not the ledger's vault any more: beyond the birth rule's wait.
    store_.clock.Advance(std::chrono::seconds(60));
  }
  void RunDaemon() { store_.RestartWith(commits_.Image()); }

  // Commits and publishes without end: every other time alice, else a user who is new or renewed.
  [[noreturn]] void Renew() {
    RunDaemon();
    for (std::uint32_t i = 2 * commits_.Users();; ++i) {
      const std::uint32_t user = i % 2 == 0 ? 0 : i / 2 % kVictims;
      commits_.Put(user);
      if (!store_.publisher().Publish(commits_.DeviceOf(user))) {
        _exit(1);
      }
    }
  }
  SecretBytes CodeOf(const DeviceRecord& device) const {
    return GenerateTotp(device.secret, device.parameters,
                        StepAt(store_.clock.wall, device.parameters.interval))
        .value();
  }

  // A login beside the daemon, which may be anywhere in its work.
  void LogInMeanwhile() {
    auto reader = LiveStoreReader::Open(store_.paths());
    ASSERT_TRUE(reader) << reader.error().message();
    const auto devices = reader->FindDevices(alice_.name);
    ASSERT_TRUE(devices) << devices.error().message();
    ASSERT_EQ(devices->size(), 1U);
    const DeviceRecord& device = devices->front();
    EXPECT_TRUE(device.secret.Equals(SecretOf(device.generation % 2)));
    const auto verification = VerifyCode(*reader, alice_, TypedCode(CodeOf(device)), store_.clock);
    ASSERT_TRUE(verification) << verification.error().message();
    EXPECT_NE(verification->outcome, VerifyOutcome::kNoFactor);
    EXPECT_NE(verification->outcome, VerifyOutcome::kBeforeBirth);
  }

  // A login when the daemon is dead: the record that is there counts, once.
  void LogInAfterwards() {
    store_.clock.Advance(std::chrono::seconds(60));
    LiveStoreReader reader = store_.Open();
    const auto devices = reader.FindDevices(alice_.name).value();
    ASSERT_EQ(devices.size(), 1U);
    const DeviceRecord& device = devices.front();
    EXPECT_LE(device.generation, commits_.Of(0));
    EXPECT_TRUE(device.secret.Equals(SecretOf(device.generation % 2)));
    const SecretBytes code = CodeOf(device);
    EXPECT_EQ(store_.Verify("alice", code)->outcome, VerifyOutcome::kGranted);
    EXPECT_EQ(store_.Verify("alice", code)->outcome, VerifyOutcome::kReplayed);
  }

  const Account alice_{Username::Parse("alice").value(), 1000};
  StoreFixture store_;
  Commits commits_;
};

TEST_F(KillTest, NothingIsHalfAndNothingIsLostWhereverTheDaemonIsKilled) {
  // NOLINTNEXTLINE(cert-msc51-cpp): the same delays each time, as far as the machine lets them.
  std::mt19937 random(1);
  std::uniform_int_distribution<int> logins(0, 20);
  std::uniform_int_distribution<useconds_t> delay(0, 8000);
  for (int kills = 0; kills < kKills && !HasFailure(); ++kills) {
    const pid_t daemon = fork();
    if (daemon == 0) {
      Renew();
    }
    usleep(delay(random));
    for (int i = logins(random); i > 0; --i) {
      LogInMeanwhile();
    }
    kill(daemon, SIGKILL);
    int status = 0;
    waitpid(daemon, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    LogInAfterwards();
    RunDaemon();
    EXPECT_TRUE(store_.publisher().kept_ledger());
    if (kills % 100 == 99) {
      StartOver();
    }
  }
}

}  // namespace
}  // namespace twofactor
