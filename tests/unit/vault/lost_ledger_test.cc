// The birth rule, with the vault, the publisher and the verifier of the daemon: whatever the clock
// says when a lost ledger is made anew, no code that was used before is accepted after it, and the
// wait that is told is the one that is needed.
#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "common/otp/totp.h"
#include "helperd/twofactord/vault/birth_rule.h"
#include "tests/support/store_fixture.h"
#include "tests/unit/vault/test_key.h"

namespace twofactor {
namespace {

using std::chrono::seconds;

constexpr seconds kInterval{30};
// So far apart that no case sees another's steps.
constexpr seconds kApart{1'000'000};

WallTime StartOf(TimeStep step) { return WallTime(kInterval * std::int64_t{step}); }

LoginSettings SettingsOf(int window) {
  LoginSettings settings;
  settings.window = window;
  settings.throttle.exempt_root = true;  // So that no try is left unlooked at.
  return settings;
}

// Root's device, in a vault on disk and a live store, and the daemon's starts.
class Machine {
 public:
  explicit Machine(int window) : settings_(SettingsOf(window)) { Start(); }

  void Start() {
    publisher_.reset();
    vault_.reset();
    vault_.emplace(std::move(Vault::Open(state_ / "vault.sqlite", Key())).value());
    const auto devices = vault_->LoadDevices().value();
    const VaultBirthRule rule(clock, settings_.window, vault_->LoadFormerWindows().value());
    publisher_.emplace(std::move(LiveStorePublisher::Open(paths(), settings_, devices,
                                                          vault_->LastGeneration().value(), rule))
                           .value());
  }
  void LoseLedger() const { ASSERT_EQ(unlink(paths().Ledger().c_str()), 0); }
  bool kept_ledger() const { return publisher_->kept_ledger(); }

  void Renew() {
    ASSERT_TRUE(publisher_->Publish(vault_
                                        ->PutSecret({.username = root_.name,
                                                     .uid = root_.uid,
                                                     .device = 0,
                                                     .parameters = {},
                                                     .created = clock.wall,
                                                     .secret = RfcSecret(),
                                                     .label = {}})
                                        .value()));
  }
  // What a daemon does each second.
  void Note() {
    const auto uses = publisher_->LookForNewUses();
    ASSERT_TRUE(vault_->NoteUses(uses));
    publisher_->SetNoted(uses);
  }

  Verification Try(TimeStep step) const {
    auto store = LiveStoreReader::Open(paths());
    const SecretBytes code = GenerateTotp(RfcSecret(), {}, step).value();
    return VerifyCode(*store, root_, TypedCode(code), clock).value();
  }

  ManualClock clock;

 private:
  static VaultKey Key() { return std::move(VaultKey::Parse(kKey)).value(); }
  RunPaths paths() const { return RunPaths(run_.path()); }

  const Account root_{Username::Parse("root").value(), 0};
  const LoginSettings settings_;
  TempDirectory state_;
  TempDirectory run_;
  std::optional<Vault> vault_;
  std::optional<LiveStorePublisher> publisher_;
};

// How the last code was used, and what the clock shows at the next start.
struct Case {
  int used;       // The step of the code, counted from the one of the time of its use.
  seconds into;   // How far into its step that time is.
  seconds shown;  // The clock at the next start, counted from the start of the code's step.
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << "the code of step " << one.used << " used " << one.into.count()
       << " s into a step, the clock then " << one.shown.count() << " s after its start";
}

// The clock before, at and after the step of the last use, at each edge; and set back by an hour
// and by twenty years.
std::vector<Case> CasesOf(int window) {
  const std::vector<seconds> shown = {
      seconds(-31), seconds(-1), seconds(0),     seconds(29),
      seconds(30),  seconds(61), seconds(-3600), -seconds(std::chrono::years(20))};
  std::vector<Case> cases;
  for (const int used : {-window, 0, window}) {
    for (const seconds into : {seconds(0), seconds(4), seconds(29)}) {
      for (const seconds at : shown) {
        cases.push_back({used, into, at});
      }
    }
  }
  return cases;
}

class LostLedgerTest : public testing::TestWithParam<int> {
 protected:
  // A code is used, a daemon notes it, and the machine stops.
  void Use(const Case& one) {
    base_ += kApart;
    machine_.clock.wall = StartOf(StepAt(base_, kInterval)) + one.into;
    machine_.Renew();
    now_ = StepAt(machine_.clock.wall, kInterval);
    used_ = now_ + static_cast<TimeStep>(one.used);
    ASSERT_EQ(machine_.Try(used_).outcome, VerifyOutcome::kGranted);
    machine_.Note();
    machine_.clock.wall = StartOf(used_) + one.shown;
  }

  // At all clocks from which a verifier reaches the code.
  void ExpectNeverAccepted(TimeStep step) {
    const WallTime shown = machine_.clock.wall;
    for (int away = -window_ - 1; away <= window_ + 1; ++away) {
      machine_.clock.wall = StartOf(step) + kInterval * away;
      EXPECT_NE(machine_.Try(step).outcome, VerifyOutcome::kGranted) << away;
    }
    machine_.clock.wall = shown;
  }

  const int window_ = GetParam();
  Machine machine_{window_};
  WallTime base_{seconds(1'800'000'000)};
  TimeStep now_ = 0;   // At the use.
  TimeStep used_ = 0;  // The code's.
};

TEST_P(LostLedgerTest, NoCodeThatWasUsedBeforeTheLossIsAcceptedAfterIt) {
  for (const Case& one : CasesOf(window_)) {
    SCOPED_TRACE(testing::PrintToString(one));
    ASSERT_NO_FATAL_FAILURE(Use(one));
    machine_.LoseLedger();
    machine_.Start();
    ASSERT_FALSE(machine_.kept_ledger());
    ExpectNeverAccepted(used_);
  }
}

TEST_P(LostLedgerTest, NorAnyThatCouldHaveBeenUsedIfTheClockWasNotSetBack) {
  for (const Case& one : CasesOf(window_)) {
    if (kInterval * one.used + one.shown < one.into) {
      continue;
    }
    SCOPED_TRACE(testing::PrintToString(one));
    ASSERT_NO_FATAL_FAILURE(Use(one));
    machine_.LoseLedger();
    machine_.Start();
    ExpectNeverAccepted(now_ + static_cast<TimeStep>(window_));
  }
}

TEST_P(LostLedgerTest, FirstFreshCodeIsAcceptedWhenTheWaitThatIsToldIsOverAndNotBefore) {
  for (const Case& one : CasesOf(window_)) {
    SCOPED_TRACE(testing::PrintToString(one));
    ASSERT_NO_FATAL_FAILURE(Use(one));
    machine_.LoseLedger();
    machine_.Start();
    const WallTime shown = machine_.clock.wall;
    const TimeStep fresh =
        std::max(StepAt(shown, kInterval) + static_cast<TimeStep>(window_) + 1, used_ + 1);
    const Verification refused = machine_.Try(StepAt(shown, kInterval));
    ASSERT_EQ(refused.outcome, VerifyOutcome::kBeforeBirth);
    ASSERT_EQ(refused.wait, StartOf(fresh) - shown);
    ExpectNeverAccepted(fresh - 1);
    machine_.clock.Advance(refused.wait - seconds(1));
    EXPECT_EQ(machine_.Try(fresh - 1).outcome, VerifyOutcome::kBeforeBirth);
    machine_.clock.Advance(seconds(1));
    EXPECT_EQ(machine_.Try(fresh).outcome, VerifyOutcome::kGranted);
    EXPECT_EQ(machine_.Try(fresh).outcome, VerifyOutcome::kReplayed);
  }
}

TEST_P(LostLedgerTest, LedgerThatACleanStopKeptRefusesWhatWasUsedAndNothingElse) {
  for (const Case& one : CasesOf(window_)) {
    SCOPED_TRACE(testing::PrintToString(one));
    ASSERT_NO_FATAL_FAILURE(Use(one));
    machine_.Start();
    ASSERT_TRUE(machine_.kept_ledger());
    ExpectNeverAccepted(used_);
    machine_.clock.wall = StartOf(used_ + 1);
    EXPECT_EQ(machine_.Try(used_ + 1).outcome, VerifyOutcome::kGranted);
    EXPECT_EQ(machine_.Try(used_ + 1).outcome, VerifyOutcome::kReplayed);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryWindow, LostLedgerTest, testing::Range(0, kMaxWindow + 1));

}  // namespace
}  // namespace twofactor
