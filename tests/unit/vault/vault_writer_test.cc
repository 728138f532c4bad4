#include "helperd/twofactord/vault/vault_writer.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "tests/support/temp_directory.h"
#include "tests/unit/vault/test_key.h"

namespace twofactor {
namespace {

Vault OpenVault(const std::string& path) {
  return std::move(Vault::Open(path, std::move(VaultKey::Parse(kKey)).value())).value();
}

std::function<Result<int>(Vault&)> PutUser(int user) {
  return [user](Vault& vault) -> Result<int> {
    const auto put =
        vault.PutSecret({.username = Username::Parse("user" + std::to_string(user)).value(),
                         .uid = static_cast<uid_t>(user),
                         .device = 0,
                         .parameters = {},
                         .created = {},
                         .secret = SecretBytes(kNewSecretBytes),
                         .label = {}});
    return put ? Result<int>(user) : Fail(put.error());
  };
}

// Runs completions on the writer's own thread, and lets the test wait for their number.
class Completions {
 public:
  VaultWriter::Post Post() {
    return [this](const std::function<void()>& task) {
      const std::lock_guard lock(mutex_);
      task();
      ++done_;
      changed_.notify_all();
    };
  }
  void Await(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, count] { return done_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int done_ = 0;
};

TEST(VaultWriterTest, ChangesAreDoneInTheOrderOfTheirSubmission) {
  const TempDirectory directory;
  Completions completions;
  VaultWriter writer(OpenVault(directory / "vault"), completions.Post());
  std::vector<int> order;
  for (int user = 0; user < 100; ++user) {
    writer.Submit<int>(PutUser(user),
                       [&order](const Result<int>& result) { order.push_back(result.value()); });
  }
  completions.Await(100);
  ASSERT_EQ(order.size(), 100U);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
  }
}

TEST(VaultWriterTest, FailedChangeChangesNothingAndSpoilsNoOther) {
  const TempDirectory directory;
  Completions completions;
  std::vector<bool> succeeded;
  {
    VaultWriter writer(OpenVault(directory / "vault"), completions.Post());
    const auto note = [&succeeded](const Result<int>& result) {
      succeeded.push_back(result.has_value());
    };
    writer.Submit<int>(PutUser(1), note);
    writer.Submit<int>(
        [](Vault& vault) -> Result<int> {
          static_cast<void>(PutUser(2)(vault));
          return Fail(ErrorCode::kInternal, "changed my mind");
        },
        note);
    writer.Submit<int>(PutUser(3), note);
  }
  EXPECT_EQ(succeeded, (std::vector<bool>{true, false, true}));
  std::set<std::string> users;
  auto vault = OpenVault(directory / "vault");
  const auto devices = vault.LoadDevices();
  ASSERT_TRUE(devices);
  for (const PublishedDevice& device : *devices) {
    users.insert(device.username.text());
  }
  EXPECT_EQ(users, (std::set<std::string>{"user1", "user3"}));
}

// A child commits until it is killed, and tells of each change that was answered; every one of them
// must be there.
TEST(VaultWriterTest, EveryAnsweredChangeSurvivesAKill) {
  constexpr int kKills = 30;
  constexpr int kPatienceMs = 60'000;
  const TempDirectory directory;
  int next = 0;
  std::set<int> answered;
  for (int kill_count = 0; kill_count < kKills; ++kill_count) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      Completions completions;
      VaultWriter writer(OpenVault(directory / "vault"), completions.Post());
      for (int user = next;; ++user) {
        writer.Submit<int>(PutUser(user), [&pipe_ends](const Result<int>& result) {
          // The parent kills this child long before it reads less than was written.
          if (result && write(pipe_ends[1], &*result, sizeof *result) < 0) {
            _exit(1);
          }
        });
        completions.Await(user - next + 1 - 8);
      }
    }
    close(pipe_ends[1]);
    // Every other one is killed amid answers, however slow the machine is, the rest at any moment.
    if (kill_count % 2 == 1) {
      pollfd first_answer{pipe_ends[0], POLLIN, 0};
      ASSERT_EQ(poll(&first_answer, 1, kPatienceMs), 1);
    }
    usleep(static_cast<useconds_t>(3000 + 700 * kill_count));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    int user = 0;
    while (read(pipe_ends[0], &user, sizeof user) == static_cast<ssize_t>(sizeof user)) {
      answered.insert(user);
      next = std::max(next, user + 1);
    }
    close(pipe_ends[0]);
    next += 16;
  }
  auto vault = OpenVault(directory / "vault");
  const auto devices = vault.LoadDevices();
  ASSERT_TRUE(devices) << devices.error().message();
  std::set<int> kept;
  for (const PublishedDevice& device : *devices) {
    kept.insert(static_cast<int>(device.uid));
  }
  EXPECT_FALSE(answered.empty());
  for (const int user : answered) {
    EXPECT_TRUE(kept.contains(user)) << user;
  }
}

}  // namespace
}  // namespace twofactor
