// Whoever tries at the same time, in whatever process: a code opens one login.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/crowd.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

using std::chrono::seconds;

constexpr int kRounds = 40;

LoginSettings ManyTries() {
  LoginSettings settings;
  settings.throttle.free_tries = 255;
  return settings;
}

class RaceTest : public testing::Test {
 protected:
  explicit RaceTest(const LoginSettings& settings = ManyTries()) : store_(settings) {
    store_.Enroll("alice", 1000, RfcSecret());
  }

  // 1 where the login got `outcome`; a store that is being replaced opens nobody's login.
  int Try(const SecretBytes& code, VerifyOutcome outcome, const std::string& origin = "") const {
    auto store = LiveStoreReader::Open(store_.paths());
    if (!store) {
      return 0;
    }
    const auto verification =
        VerifyCode(*store, alice_, TypedCode(code), store_.clock, {.origin = origin});
    return verification && verification->outcome == outcome ? 1 : 0;
  }

  const Account alice_{Username::Parse("alice").value(), 1000};
  StoreFixture store_;
};

TEST_F(RaceTest, OneOfAllThreadsOfAllProcessesWins) {
  for (int round = 0; round < kRounds; ++round) {
    store_.clock.Advance(seconds(30));
    const SecretBytes code = store_.CodeOf("alice");
    const auto log_in = [this, &code] { return Try(code, VerifyOutcome::kGranted); };
    ASSERT_EQ(RunCrowd(kCrowd, log_in), 1) << round;
  }
}

TEST_F(RaceTest, OneOfSixtyFourThreadsInSixteenProcessesWins) {
  for (int round = 0; round < kRounds / 4; ++round) {
    store_.clock.Advance(seconds(30));
    const SecretBytes code = store_.CodeOf("alice");
    const auto log_in = [this, &code] { return Try(code, VerifyOutcome::kGranted); };
    ASSERT_EQ(RunCrowd(kBigCrowd, log_in), 1) << round;
  }
}

TEST_F(RaceTest, OneWinsEvenIfEachHasOpenedTheStoreBefore) {
  for (int round = 0; round < kRounds; ++round) {
    store_.clock.Advance(seconds(30));
    const SecretBytes code = store_.CodeOf("alice");
    LiveStoreReader shared = store_.Open();
    const TimeStep step = StepAt(store_.clock.wall, seconds(30));
    const auto devices = shared.FindDevices(alice_.name).value();
    ASSERT_EQ(devices.size(), 1U);
    const DeviceRecord& device = devices.front();
    const auto consume = [&] {
      const auto outcome =
          shared.ledger().Consume(device.slot, device.generation, step, store_.clock.wall);
      return outcome == ConsumeOutcome::kConsumed ? 1 : 0;
    };
    ASSERT_EQ(RunCrowd(kCrowd, consume), 1) << round;
  }
}

TEST_F(RaceTest, CodeOpensNoSecondLoginWhileTheLedgerIsReplaced) {
  for (int round = 0; round < kRounds; ++round) {
    store_.clock.Advance(seconds(90));
    const SecretBytes code = store_.CodeOf("alice");
    std::atomic<int> granted{0};
    std::atomic<bool> done{false};
    std::vector<std::thread> logins;
    for (int i = 0; i < 4; ++i) {
      logins.emplace_back([&] {
        while (!done) {
          granted += Try(code, VerifyOutcome::kGranted);
        }
      });
    }
    store_.Restart(/*lose_ledger=*/true);
    done = true;
    for (std::thread& login : logins) {
      login.join();
    }
    ASSERT_LE(granted, 1) << round;
  }
}

// The clock is set back and ahead, again and again, while everybody tries one code of the middle.
TEST_F(RaceTest, CodeOpensNoSecondLoginWhileTheEpochIsBegunAgain) {
  const PlainBirthRule rule(store_.clock, 1);
  ManualClock behind = store_.clock;
  int granted_of_all = 0;
  for (int round = 0; round < kRounds; ++round) {
    store_.clock.Advance(seconds(90));
    behind.wall = store_.clock.wall - seconds(90);
    // A step that was consumed is no longer an epoch's.
    store_.Restart(/*lose_ledger=*/true);
    const SecretBytes code = store_.CodeOf("alice");
    const PlainBirthRule before(behind, 1);
    const int granted = RunCrowdBeside(
        kBigCrowd,
        [this, &code] {
          int own = 0;
          for (int i = 0; i < 10; ++i) {
            own += Try(code, VerifyOutcome::kGranted);
          }
          return own;
        },
        [&] {
          for (int i = 0; i < 200; ++i) {
            store_.publisher().BeginAgain(rule, EpochMove::kAhead);
            store_.publisher().BeginAgain(before, EpochMove::kBack);
          }
        });
    ASSERT_LE(granted, 1) << round;
    granted_of_all += granted;
  }
  EXPECT_GT(granted_of_all, 0);
}

// What was used ahead of the present is forgotten; a code of the present still opens one login.
TEST_F(RaceTest, CodeOfThePresentOpensOneLoginWhileTheDeviceIsReopened) {
  const PlainBirthRule rule(store_.clock, 1);
  for (int round = 0; round < kRounds; ++round) {
    store_.clock.Advance(std::chrono::hours(3));
    store_.clock.wall += std::chrono::hours(2);
    ASSERT_EQ(Try(store_.CodeOf("alice"), VerifyOutcome::kGranted), 1);
    store_.clock.wall -= std::chrono::hours(2);
    const auto ahead = store_.publisher().FindAhead(rule);
    ASSERT_EQ(ahead.size(), 1U);
    store_.clock.Advance(seconds(90));
    const SecretBytes code = store_.CodeOf("alice");
    const auto log_in = [this, &code] {
      int granted = 0;
      for (int i = 0; i < 10; ++i) {
        granted += Try(code, VerifyOutcome::kGranted);
      }
      return granted;
    };
    const int granted =
        RunCrowdBeside(kBigCrowd, log_in, [&] { store_.publisher().Reopen(ahead.front()); });
    ASSERT_LE(granted, 1) << round;
    ASSERT_EQ(granted + log_in(), 1) << round;
    // Somebody else had asked for it meanwhile.
    store_.publisher().Reopen(ahead.front());
    ASSERT_EQ(log_in(), 0) << round;
  }
}

TEST_F(RaceTest, NoCodeOfTheOldSecretIsGrantedOnceTheRenewalHasReturned) {
  for (int round = 0; round < kRounds; ++round) {
    store_.clock.Advance(seconds(90));
    const SecretBytes old_code = store_.CodeOf("alice");
    std::atomic<bool> renewed{false};
    std::atomic<int> too_late{0};
    std::vector<std::thread> logins;
    for (int i = 0; i < 4; ++i) {
      logins.emplace_back([&, reader = store_.Open()]() mutable {
        for (bool was_renewed = false; !was_renewed;) {
          was_renewed = renewed;
          const auto verification = VerifyCode(reader, alice_, TypedCode(old_code), store_.clock);
          const bool granted = verification && verification->outcome == VerifyOutcome::kGranted;
          too_late += granted && was_renewed ? 1 : 0;
        }
      });
    }
    store_.Enroll("alice", 1000,
                  round % 2 == 0 ? SecretBytes::CopyOf("a secret that is new") : RfcSecret());
    renewed = true;
    for (std::thread& login : logins) {
      login.join();
    }
    ASSERT_EQ(too_late, 0) << round;
  }
}

TEST_F(RaceTest, NoCodeIsGrantedOnceTheRemovalHasReturned) {
  for (int round = 0; round < kRounds; ++round) {
    store_.clock.Advance(seconds(90));
    const SecretBytes code = store_.CodeOf("alice");
    std::atomic<bool> removed{false};
    std::atomic<int> granted{0};
    std::atomic<int> too_late{0};
    std::vector<std::thread> logins;
    for (int i = 0; i < 4; ++i) {
      logins.emplace_back([&, reader = store_.Open()]() mutable {
        for (bool was_removed = false; !was_removed;) {
          was_removed = removed;
          const auto verification = VerifyCode(reader, alice_, TypedCode(code), store_.clock);
          const bool here = verification && verification->outcome == VerifyOutcome::kGranted;
          granted += here ? 1 : 0;
          too_late += here && was_removed ? 1 : 0;
        }
      });
    }
    store_.Unset("alice");
    removed = true;
    for (std::thread& login : logins) {
      login.join();
    }
    ASSERT_EQ(too_late, 0) << round;
    ASSERT_LE(granted, 1) << round;
    store_.Enroll("alice", 1000, RfcSecret());
  }
}

TEST_F(RaceTest, NoLoginFailsAndNoCodeOpensTwoWhileTheStoreGrows) {
  // Both the index and the two other files get longer: they begin with room for 512 and 1024.
  constexpr int kNewUsers = 1500;
  const SecretBytes code = store_.CodeOf("alice");
  std::atomic<bool> grown{false};
  std::atomic<int> granted{0};
  std::atomic<int> wrong{0};
  std::atomic<int> tries{0};
  std::vector<std::thread> logins;
  for (int i = 0; i < 4; ++i) {
    logins.emplace_back([&] {
      for (; !grown; ++tries) {
        const auto verification = store_.Verify("alice", code);
        const bool expected = verification && (verification->outcome == VerifyOutcome::kGranted ||
                                               verification->outcome == VerifyOutcome::kReplayed);
        wrong += expected ? 0 : 1;
        granted += expected && verification->outcome == VerifyOutcome::kGranted ? 1 : 0;
      }
    });
  }
  for (int user = 0; user < kNewUsers; ++user) {
    PublishedDevice device{Username::Parse("new" + std::to_string(user)).value(),
                           5000,
                           0,
                           static_cast<std::uint64_t>(user) + 1,
                           static_cast<std::uint32_t>(user) + 2,
                           {},
                           WallTime{},
                           RfcSecret()};
    ASSERT_TRUE(store_.publisher().Publish(device));
    while (tries < user / 4) {
      std::this_thread::yield();
    }
  }
  grown = true;
  for (std::thread& login : logins) {
    login.join();
  }
  EXPECT_EQ(granted, 1);
  EXPECT_EQ(wrong, 0);
}

class GuessTest : public RaceTest {
 protected:
  GuessTest() : RaceTest(LoginSettings{}) {}

  int GuessMany() const {
    int looked_at = 0;
    for (int guess = 0; guess < 50; ++guess) {
      looked_at += Try(SecretBytes::CopyOf("000000"), VerifyOutcome::kWrong);
    }
    return looked_at;
  }
};

TEST_F(GuessTest, StormOfGuessesGetsTheFreeAttemptsAndNoMore) {
  EXPECT_EQ(RunCrowd(kCrowd, [this] { return GuessMany(); }), store_.settings.throttle.free_tries);
}

// From known origins and strange ones at once: one bound of each, and a login of the user's in the
// middle of it gets in.
TEST_F(GuessTest, StormFromEverywhereGetsTheFreeAttemptsOfBothBudgets) {
  store_.Know("alice", {"host:a", "host:b"});
  EXPECT_EQ(RunCrowd(kCrowd,
                     [this] {
                       int looked_at = 0;
                       for (const char* origin : {"host:x", "host:a", "", "host:b", "host:y"}) {
                         for (int guess = 0; guess < 10; ++guess) {
                           looked_at +=
                               Try(SecretBytes::CopyOf("000000"), VerifyOutcome::kWrong, origin);
                         }
                       }
                       return looked_at;
                     }),
            2 * store_.settings.throttle.free_tries);
}

TEST_F(GuessTest, StormOfStrangersStopsNoLoginAtAKnownOrigin) {
  store_.Know("alice", {"host:a"});
  for (int round = 0; round < 5; ++round) {
    store_.clock.Advance(seconds(30));
    const SecretBytes code = store_.CodeOf("alice");
    EXPECT_EQ(RunCrowd(kCrowd,
                       [this, &code] {
                         for (int guess = 0; guess < 20; ++guess) {
                           Try(SecretBytes::CopyOf("000000"), VerifyOutcome::kWrong);
                         }
                         return Try(code, VerifyOutcome::kGranted, "host:a");
                       }),
              1)
        << round;
  }
}

TEST_F(GuessTest, EachWaitThatIsOverGivesTheStormOneMore) {
  RunCrowd(kCrowd, [this] { return GuessMany(); });
  for (const int wait : {15, 30, 60, 120, 240, 300, 300}) {
    store_.clock.Advance(seconds(wait - 1));
    EXPECT_EQ(RunCrowd(kCrowd, [this] { return GuessMany(); }), 0) << wait;
    store_.clock.Advance(seconds(1));
    EXPECT_EQ(RunCrowd(kCrowd, [this] { return GuessMany(); }), 1) << wait;
  }
}

}  // namespace
}  // namespace twofactor
