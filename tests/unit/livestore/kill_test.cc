// A daemon that is killed at any instruction leaves a store that is whole, and verifiers meet
// nothing half.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

constexpr int kKills = 200;

// Renews alice's secret without end, between two secrets, until it is killed.
[[noreturn]] void RenewForEver(StoreFixture& store) {
  const SecretBytes secrets[] = {SecretBytes::CopyOf("the other secret 20b"), RfcSecret()};
  for (int i = 0;; ++i) {
    store.Enroll("alice", 1000, secrets[i % 2]);
    store.Enroll("user" + std::to_string(i % 3000), 2000, RfcSecret());
  }
}

TEST(KillTest, WriterKilledAtAnyMomentLeavesOneOfTheTwoRecordsWhole) {
  StoreFixture store;
  store.Enroll("alice", 1000, RfcSecret());
  std::mt19937 random(
      1);  // NOLINT(cert-msc51-cpp): the same delays each time, as far as the machine lets them.
  for (int kill_count = 0; kill_count < kKills; ++kill_count) {
    const pid_t writer = fork();
    if (writer == 0) {
      store.Restart();
      RenewForEver(store);
    }
    const useconds_t delay = std::uniform_int_distribution<useconds_t>(0, 8000)(random);
    usleep(delay);
    // While it writes, too.
    const auto busy = LiveStoreReader::Open(store.paths());
    if (busy) {
      const auto device = busy->FindDevice(store.AccountOf("alice").name, 0);
      EXPECT_TRUE(device && *device) << (device ? "absent" : device.error().message());
    }
    kill(writer, SIGKILL);
    waitpid(writer, nullptr, 0);
    const auto after = LiveStoreReader::Open(store.paths());
    ASSERT_TRUE(after) << after.error().message();
    const auto device = after->FindDevice(store.AccountOf("alice").name, 0);
    ASSERT_TRUE(device) << device.error().message();
    ASSERT_TRUE(*device);
    const bool one_of_two = (*device)->secret.Equals(RfcSecret()) ||
                            (*device)->secret.Equals(SecretBytes::CopyOf("the other secret 20b"));
    EXPECT_TRUE(one_of_two);
    store.Restart();
    EXPECT_TRUE(store.publisher().kept_ledger());
  }
}

}  // namespace
}  // namespace twofactor
