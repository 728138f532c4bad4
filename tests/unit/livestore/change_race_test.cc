// What the daemon changes while many processes of many threads log in: the bounds hold exactly.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "common/otp/totp.h"
#include "tests/support/crowd.h"
#include "tests/support/sanitized.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

constexpr int kChanges = 10;

// Of one device's logins, in all processes.
struct Tally {
  std::atomic<int> granted{0};
  std::atomic<int> too_late{0};  // Granted to a try that began after the change had returned.
  std::atomic<int> odd{0};       // What no interleaving explains.
};

struct Change {
  std::atomic<int> tries{0};
  std::atomic<bool> made{false};
  Tally old;
  Tally fresh;
};

SecretBytes SecretOfRound(int round) {
  return SecretBytes::CopyOf("the secret of round " + std::to_string(round));
}

LoginSettings NoThrottleForRoot() {
  LoginSettings settings;
  settings.throttle.exempt_root = true;
  return settings;
}

class ChangeRaceTest : public testing::TestWithParam<CrowdSize> {
 protected:
  explicit ChangeRaceTest(const LoginSettings& settings = NoThrottleForRoot()) : store_(settings) {}

  static void Count(const Result<Verification>& verification, bool was_made, Tally& tally) {
    if (verification && verification->outcome == VerifyOutcome::kGranted) {
      ++tally.granted;
      tally.too_late += was_made ? 1 : 0;
    }
  }

  // Waits until the crowd is at it, so that the change comes amid its tries.
  static void AwaitTries(const SharedWithCrowd<Change>& shared, int tries) {
    while (shared->tries < tries) {
      std::this_thread::yield();
    }
  }

  StoreFixture store_;
};

TEST_P(ChangeRaceTest, RenewalEndsTheOldCodeAndTheNewOneOpensOneLogin) {
  for (int round = 0; round < kChanges; ++round) {
    const SharedWithCrowd<Change> shared;
    store_.clock.Advance(std::chrono::seconds(90));
    store_.Enroll("alice", 0, SecretOfRound(2 * round));
    const Account alice = store_.AccountOf("alice");
    const SecretBytes old_code = store_.CodeOf("alice");
    const SecretBytes renewed = SecretOfRound(2 * round + 1);
    const SecretBytes new_code =
        GenerateTotp(renewed, {}, StepAt(store_.clock.wall, std::chrono::seconds(30))).value();
    const auto log_in = [&] {
      // Whoever was at the prompt before the renewal, and is still there after it.
      LiveStoreReader prompting = store_.Open();
      for (bool was_made = false; !was_made; ++shared->tries) {
        was_made = shared->made;
        Count(VerifyCode(prompting, alice, TypedCode(old_code), store_.clock), was_made,
              shared->old);
        Count(VerifyCode(prompting, alice, TypedCode(new_code), store_.clock), false,
              shared->fresh);
      }
      return 0;
    };
    RunCrowdBeside(GetParam(), log_in, [&] {
      AwaitTries(shared, round);
      store_.Enroll("alice", 0, renewed);
      shared->made = true;
    });
    ASSERT_LE(shared->old.granted, 1) << round;
    ASSERT_EQ(shared->old.too_late, 0) << round;
    ASSERT_EQ(shared->fresh.granted, 1) << round;
  }
}

// As an import and a restore do: the secret is the same, and the code was used.
TEST_P(ChangeRaceTest, UsedCodeOfASecretThatIsBroughtBackStaysUsed) {
  constexpr int kTimes = kSanitized ? 5000 : 100000;
  const SharedWithCrowd<Change> shared;
  store_.Enroll("alice", 0, RfcSecret());
  const Account alice = store_.AccountOf("alice");
  const SecretBytes used = store_.CodeOf("alice");
  ASSERT_EQ(store_.Verify("alice", used)->outcome, VerifyOutcome::kGranted);
  const TimeStep first = StepAt(store_.clock.wall, std::chrono::seconds(30)) + 2;
  PublishedDevice device = std::move(store_.CopyOfVault().devices.at("alice"));
  const auto log_in = [&] {
    LiveStoreReader prompting = store_.Open();
    for (bool was_made = false; !was_made; ++shared->tries) {
      was_made = shared->made;
      Count(VerifyCode(prompting, alice, TypedCode(used), store_.clock), was_made, shared->old);
    }
    return 0;
  };
  RunCrowdBeside(GetParam(), log_in, [&] {
    AwaitTries(shared, 1);
    device.first_step = first;
    for (int time = 0; time < kTimes; ++time) {
      ++device.generation;
      store_.publisher().Close(device.slot, device.generation);
      ++device.generation;
      shared->fresh.odd += store_.publisher().CloseBefore(device) ? 0 : 1;
      shared->fresh.odd += store_.publisher().Publish(device) ? 0 : 1;
    }
    shared->made = true;
  });
  EXPECT_EQ(shared->fresh.odd, 0);
  EXPECT_EQ(shared->old.granted, 0);
}

TEST_P(ChangeRaceTest, RemovalEndsTheCodeAndTheNextUserOfTheSlotHasOneLogin) {
  for (int round = 0; round < kChanges; ++round) {
    const SharedWithCrowd<Change> shared;
    store_.clock.Advance(std::chrono::seconds(90));
    store_.Enroll("alice", 0, SecretOfRound(2 * round));
    const Account alice = store_.AccountOf("alice");
    const Account bob{Username::Parse("bob").value(), 0};
    const SecretBytes old_code = store_.CodeOf("alice");
    const SecretBytes his = SecretOfRound(2 * round + 1);
    const SecretBytes new_code =
        GenerateTotp(his, {}, StepAt(store_.clock.wall, std::chrono::seconds(30))).value();
    const auto log_in = [&] {
      LiveStoreReader prompting = store_.Open();
      for (bool was_made = false; !was_made; ++shared->tries) {
        was_made = shared->made;
        const auto hers = VerifyCode(prompting, alice, TypedCode(old_code), store_.clock);
        Count(hers, was_made, shared->old);
        shared->old.odd += was_made && (!hers || hers->outcome != VerifyOutcome::kNoFactor) ? 1 : 0;
        Count(VerifyCode(prompting, bob, TypedCode(new_code), store_.clock), false, shared->fresh);
      }
      return 0;
    };
    RunCrowdBeside(GetParam(), log_in, [&] {
      AwaitTries(shared, round);
      store_.Unset("alice");
      store_.Enroll("bob", 0, his);
      shared->made = true;
    });
    ASSERT_LE(shared->old.granted, 1) << round;
    ASSERT_EQ(shared->old.too_late, 0) << round;
    ASSERT_EQ(shared->old.odd, 0) << round;
    ASSERT_EQ(shared->fresh.granted, 1) << round;
    store_.Unset("bob");
  }
}

TEST_P(ChangeRaceTest, EveryCodeOpensOneLoginAndNoneFailsWhileTheStoreGrows) {
  // Both the index and the two other files get longer: they begin with room for 512 and 1024.
  constexpr int kNewUsers = 1500;
  const SharedWithCrowd<Change> shared;
  store_.Enroll("alice", 0, RfcSecret());
  const SecretBytes code = store_.CodeOf("alice");
  const Account last{Username::Parse("new" + std::to_string(kNewUsers - 1)).value(), 0};
  const auto log_in = [&] {
    for (bool was_made = false; !was_made; ++shared->tries) {
      was_made = shared->made;
      const auto hers = store_.Verify("alice", code);
      Count(hers, was_made, shared->old);
      shared->old.odd += !hers || (hers->outcome != VerifyOutcome::kGranted &&
                                   hers->outcome != VerifyOutcome::kReplayed)
                             ? 1
                             : 0;
      auto store = LiveStoreReader::Open(store_.paths());
      const auto newest = VerifyCode(*store, last, TypedCode(code), store_.clock);
      Count(newest, false, shared->fresh);
      // A store that was opened before the growth may have no room for her slot, and refuses then.
      shared->fresh.odd += was_made && !newest ? 1 : 0;
    }
    return 0;
  };
  RunCrowdBeside(GetParam(), log_in, [&] {
    for (int user = 0; user < kNewUsers; ++user) {
      AwaitTries(shared, user / 4);
      store_.Enroll("new" + std::to_string(user), 0, RfcSecret());
    }
    shared->made = true;
  });
  EXPECT_EQ(shared->old.granted, 1);
  EXPECT_EQ(shared->old.odd, 0);
  EXPECT_EQ(shared->fresh.granted, 1);
  EXPECT_EQ(shared->fresh.odd, 0);
}

// Absent is who gets in without a code.
TEST_P(ChangeRaceTest, UserIsNeverAbsentWhileDevicesAreReplaced) {
  constexpr int kTimes = kSanitized ? 200 : 2000;
  const SharedWithCrowd<Change> shared;
  store_.Enroll("alice", 0, RfcSecret());
  const Account alice = store_.AccountOf("alice");
  PublishedDevice device = std::move(store_.CopyOfVault().devices.at("alice"));
  const auto log_in = [&] {
    for (bool was_made = false; !was_made; ++shared->tries) {
      was_made = shared->made;
      LiveStoreReader store = store_.Open();
      const auto state = ReadFactorState(store, alice, "login", store_.clock);
      shared->old.odd += state && *state == FactorState::kAbsent ? 1 : 0;
      shared->fresh.granted += state && *state == FactorState::kConfigured ? 1 : 0;
    }
    return 0;
  };
  RunCrowdBeside(GetParam(), log_in, [&] {
    AwaitTries(shared, 1);
    for (int time = 0; time < kTimes; ++time) {
      const std::uint64_t former = device.slot;
      device.slot = former == 0 ? 1 : 0;
      device.generation += 2;
      shared->fresh.odd += store_.publisher().Publish(device) ? 0 : 1;
      store_.publisher().Withdraw(device.username, former, device.generation - 1);
    }
    shared->made = true;
  });
  EXPECT_EQ(shared->old.odd, 0);
  EXPECT_EQ(shared->fresh.odd, 0);
  EXPECT_GT(shared->fresh.granted, 0);
}

class GuessRaceTest : public ChangeRaceTest {
 protected:
  GuessRaceTest() : ChangeRaceTest(LoginSettings{}) {}

  // How many guesses were looked at, while a storm of them meets `change` once the free tries are
  // used up.
  int Storm(const std::function<void()>& change) {
    const SharedWithCrowd<Change> shared;
    const Account alice = store_.AccountOf("alice");
    const auto guess = [&] {
      int looked_at = 0;
      LiveStoreReader prompting = store_.Open();
      // Twenty more after the change: more than it can free.
      for (int left = 20; left > 0; left -= shared->made ? 1 : 0) {
        const auto verification =
            VerifyCode(prompting, alice, TypedCode(SecretBytes::CopyOf("000000")), store_.clock);
        const bool looked = verification && verification->looked;
        looked_at += looked ? 1 : 0;
        shared->tries += looked ? 1 : 0;
      }
      return looked_at;
    };
    return RunCrowdBeside(GetParam(), guess, [&] {
      AwaitTries(shared, store_.settings.throttle.free_tries);
      change();
      shared->made = true;
    });
  }
};

TEST_P(GuessRaceTest, RenewalGivesAStormTheFreeAttemptsOnceMore) {
  for (int round = 0; round < kChanges; ++round) {
    store_.Enroll("alice", 1000, SecretOfRound(2 * round));
    const int looked_at =
        Storm([&] { store_.Enroll("alice", 1000, SecretOfRound(2 * round + 1)); });
    ASSERT_EQ(looked_at, 2 * store_.settings.throttle.free_tries) << round;
  }
}

TEST_P(GuessRaceTest, GrowthGivesAStormNothing) {
  store_.Enroll("alice", 1000, RfcSecret());
  const int looked_at = Storm([&] {
    for (int user = 0; user < 1100; ++user) {
      store_.Enroll("new" + std::to_string(user), 2000, RfcSecret());
    }
  });
  EXPECT_EQ(looked_at, store_.settings.throttle.free_tries);
}

std::string NameOfSize(const testing::TestParamInfo<CrowdSize>& info) {
  return std::to_string(info.param.processes) + "x" + std::to_string(info.param.threads_each);
}

INSTANTIATE_TEST_SUITE_P(Crowds, ChangeRaceTest, testing::Values(kCrowd, kBigCrowd), NameOfSize);
INSTANTIATE_TEST_SUITE_P(Crowds, GuessRaceTest, testing::Values(kCrowd, kBigCrowd), NameOfSize);

}  // namespace
}  // namespace twofactor
