#include "common/livestore/verifier.h"

#include <algorithm>
#include <array>

#include "common/otp/totp.h"

namespace twofactor {
namespace {

struct StateName {
  FactorState state;
  std::string_view name;
};
constexpr std::array kStateNames = {StateName{FactorState::kConfigured, "configured"},
                                    StateName{FactorState::kAbsent, "absent"},
                                    StateName{FactorState::kDisabled, "disabled"}};

struct OutcomeName {
  VerifyOutcome outcome;
  std::string_view name;
};
constexpr std::array kOutcomeNames = {OutcomeName{VerifyOutcome::kGranted, "granted"},
                                      OutcomeName{VerifyOutcome::kWrong, "wrong"},
                                      OutcomeName{VerifyOutcome::kReplayed, "replayed"},
                                      OutcomeName{VerifyOutcome::kBeforeBirth, "before_birth"},
                                      OutcomeName{VerifyOutcome::kThrottled, "throttled"},
                                      OutcomeName{VerifyOutcome::kNoFactor, "no_factor"}};

Result<std::optional<DeviceRecord>> FindOwnDevice(const LiveStoreReader& store,
                                                  const Account& account) {
  auto device = store.FindDevice(account.name, 0);
  if (device && *device && (*device)->uid != account.uid) {
    return std::nullopt;
  }
  return device;
}

// The work of a verification without a record, so that its time does not tell that there is none.
Result<Verification> VerifyAgainstNothing(const SecretBytes& code, int window, WallTime now) {
  const SecretBytes secret(kNewSecretBytes);
  const OtpParameters parameters;
  const auto match = MatchTotp(secret, parameters, StepAt(now, parameters.interval), window, code);
  if (!match) {
    return Fail(match.error());
  }
  return Verification{VerifyOutcome::kNoFactor};
}

// Counts this try before its code is looked at, so that guesses in parallel gain nothing. The wait
// is zero where it may go on.
std::chrono::seconds ChargeTry(Ledger& ledger, std::uint64_t slot, const ThrottlePolicy& policy,
                               BootTime now) {
  for (;;) {
    const layout::FailuresWord seen = ledger.ReadFailures(slot);
    const ThrottleDecision decision = DecideTry(seen, policy, now);
    if (decision.wait.count() > 0 || ledger.SwapFailures(slot, seen, decision.charged)) {
      return decision.wait;
    }
  }
}

// Takes one charge back: a right code that was used before is no guess. Lost to a concurrent
// change, it stays charged.
void RefundTry(Ledger& ledger, std::uint64_t slot) {
  const layout::FailuresWord seen = ledger.ReadFailures(slot);
  if (seen.count > 0) {
    ledger.SwapFailures(slot, seen, {static_cast<std::uint16_t>(seen.count - 1), seen.last_try});
  }
}

Result<Verification> ConsumeMatch(Ledger& ledger, const DeviceRecord& device, TimeStep step,
                                  WallTime now) {
  const auto interval = device.parameters.interval;
  switch (ledger.Consume(device.slot, device.generation, step, now)) {
    case ConsumeOutcome::kConsumed:
      ledger.ClearFailures(device.slot);
      return Verification{VerifyOutcome::kGranted};
    case ConsumeOutcome::kAlreadyUsed:
      RefundTry(ledger, device.slot);
      return Verification{VerifyOutcome::kReplayed};
    case ConsumeOutcome::kBeforeBirth: {
      RefundTry(ledger, device.slot);
      const WallTime fresh = StartOf(ledger.ReadUse(device.slot).next_step, interval);
      return Verification{VerifyOutcome::kBeforeBirth,
                          std::max(fresh - now, std::chrono::seconds(1))};
    }
    case ConsumeOutcome::kOldGeneration:
      return Verification{VerifyOutcome::kWrong};
    case ConsumeOutcome::kLedgerReplaced:
      break;
  }
  return Fail(ErrorCode::kUnavailable, "the live store was replaced during the login");
}

}  // namespace

std::string_view NameOf(FactorState state) {
  const auto found = std::find_if(kStateNames.begin(), kStateNames.end(),
                                  [state](const StateName& row) { return row.state == state; });
  return found->name;
}

std::string_view NameOf(VerifyOutcome outcome) {
  const auto found =
      std::find_if(kOutcomeNames.begin(), kOutcomeNames.end(),
                   [outcome](const OutcomeName& row) { return row.outcome == outcome; });
  return found->name;
}

std::optional<FactorState> FactorStateNamed(std::string_view name) {
  for (const StateName& row : kStateNames) {
    if (row.name == name) {
      return row.state;
    }
  }
  return std::nullopt;
}

std::optional<VerifyOutcome> VerifyOutcomeNamed(std::string_view name) {
  for (const OutcomeName& row : kOutcomeNames) {
    if (row.name == name) {
      return row.outcome;
    }
  }
  return std::nullopt;
}

Result<FactorState> ReadFactorState(const LiveStoreReader& store, const Account& account,
                                    std::string_view service) {
  const auto settings = store.ledger().ReadSettings();
  if (!settings) {
    return Fail(settings.error());
  }
  if (!settings->enabled || (service == "sshd" && !settings->ssh)) {
    return FactorState::kDisabled;
  }
  const auto device = FindOwnDevice(store, account);
  if (!device) {
    return Fail(device.error());
  }
  return *device ? FactorState::kConfigured : FactorState::kAbsent;
}

Result<int> ReadDigits(const LiveStoreReader& store, const Account& account) {
  const auto device = FindOwnDevice(store, account);
  if (!device) {
    return Fail(device.error());
  }
  return *device ? (*device)->parameters.digits : OtpParameters{}.digits;
}

Result<Verification> VerifyCode(LiveStoreReader& store, const Account& account,
                                const SecretBytes& code, const Clock& clock, int window) {
  Ledger& ledger = store.ledger();
  if (ledger.consume_mode() != layout::ConsumeMode::kCompareAndSwap) {
    return Fail(ErrorCode::kUnavailable, "steps are consumed by the daemon here");
  }
  const auto settings = ledger.ReadSettings();
  if (!settings) {
    return Fail(settings.error());
  }
  const int reach = window < 0 ? settings->window : std::min(window, settings->window);
  const WallTime now = clock.Wall();
  const auto device = FindOwnDevice(store, account);
  if (!device) {
    return Fail(device.error());
  }
  if (!*device) {
    return VerifyAgainstNothing(code, reach, now);
  }
  const DeviceRecord& record = **device;
  const auto wait = ChargeTry(ledger, record.slot, settings->throttle, clock.Boot());
  const auto match = MatchTotp(record.secret, record.parameters,
                               StepAt(now, record.parameters.interval), reach, code);
  if (!match) {
    return Fail(match.error());
  }
  if (wait.count() > 0) {
    return Verification{VerifyOutcome::kThrottled, wait};
  }
  if (!*match) {
    return Verification{VerifyOutcome::kWrong};
  }
  return ConsumeMatch(ledger, record, **match, now);
}

}  // namespace twofactor
