// Eight processes submit one code at once, through pam_start, the built module and pam_end, in ten
// thousand rounds (fewer under a CPU emulator). Each round has one success.
#include <gtest/gtest.h>
#include <pthread.h>
#include <security/pam_appl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <new>

#include "common/otp/totp.h"
#include "tests/pam/login.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

constexpr int kProcesses = 8;
#ifdef TWOFACTOR_EMULATED
constexpr int kRounds = 500;
#else
constexpr int kRounds = 10000;
#endif

// In memory that all processes share.
struct Arena {
  pthread_barrier_t start;
  pthread_barrier_t end;
  std::array<char, 16> code;
  std::atomic<int> successes;
  std::atomic<int> others;
};

Arena& MakeArena() {
  void* memory =
      mmap(nullptr, sizeof(Arena), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  Arena& arena = *new (memory) Arena{};
  pthread_barrierattr_t shared;
  pthread_barrierattr_init(&shared);
  pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
  pthread_barrier_init(&arena.start, &shared, kProcesses + 1);
  pthread_barrier_init(&arena.end, &shared, kProcesses + 1);
  return arena;
}

void Race(Arena& arena, const PamStack& stack) {
  for (int round = 0; round < kRounds; ++round) {
    pthread_barrier_wait(&arena.start);
    const int code = stack.Login("root", {arena.code.data()}).code;
    (code == PAM_SUCCESS ? arena.successes : arena.others) += 1;
    pthread_barrier_wait(&arena.end);
  }
}

TEST(RaceTest, OneOfEightProcessesWinsWithOneCodeInEveryRound) {
  LoginSettings settings;
  // All eight must be checked: the throttle has its own tests.
  settings.throttle.free_tries = 255;
  StoreFixture store(settings);
  const PamStack stack("auth required MODULE run_dir=" + store.paths().directory());
  Arena& arena = MakeArena();
  std::array<pid_t, kProcesses> children{};
  for (pid_t& child : children) {
    child = fork();
    if (child == 0) {
      Race(arena, stack);
      _exit(0);
    }
  }
  int rounds_with_one_winner = 0;
  for (int round = 0; round < kRounds; ++round) {
    // A new secret for each round, so that every round has an unused code.
    SecretBytes secret(kNewSecretBytes);
    const auto bytes = secret.mutable_bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::uint8_t>(round >> (8 * (i % 4)));
    }
    store.Enroll("root", 0, secret);
    store.clock.wall = SystemClock().Wall();
    const SecretBytes code = store.CodeOf("root");
    std::copy(code.bytes().begin(), code.bytes().end(), arena.code.begin());
    arena.successes = 0;
    arena.others = 0;
    pthread_barrier_wait(&arena.start);
    pthread_barrier_wait(&arena.end);
    rounds_with_one_winner += arena.successes == 1 && arena.others == kProcesses - 1 ? 1 : 0;
  }
  for (const pid_t child : children) {
    waitpid(child, nullptr, 0);
  }
  EXPECT_EQ(rounds_with_one_winner, kRounds);
}

}  // namespace
}  // namespace twofactor
