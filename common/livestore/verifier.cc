#include "common/livestore/verifier.h"

#include <algorithm>
#include <array>

#include "common/livestore/tries.h"
#include "common/otp/same_codes.h"
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

// One attempt at one device.
struct DeviceTry {
  const DeviceRecord* device;
  bool looked;                   // Whether there is a code of its length, and it need not wait.
  bool charged;                  // Now, or by an earlier answer of this login.
  std::chrono::seconds wait{0};  // Above zero: its code is not checked.
  std::optional<TimeStep> match = std::nullopt;
};

Result<std::vector<DeviceTry>> TryDevices(Ledger& ledger, const std::vector<DeviceRecord>& devices,
                                          const TypedCode& typed, const ThrottlePolicy& throttle,
                                          Budget budget, int window, DeviceSet charged,
                                          const Clock& clock) {
  std::vector<DeviceTry> tries;
  const WallTime now = clock.Wall();
  for (const DeviceRecord& device : devices) {
    if (device.kind != DeviceKind::kTotp) {
      continue;
    }
    const SecretBytes& code = typed.OfLength(device.parameters.digits);
    const bool before = !device.stand_in && (charged & SetOf(device)) != 0;
    DeviceTry attempt{.device = &device, .looked = !code.empty(), .charged = before};
    if (attempt.looked && (device.stand_in || before)) {
      TouchTry(ledger, device.slot, throttle, clock.Boot());
    } else if (attempt.looked && !(throttle.exempt_root && device.uid == 0)) {
      attempt.wait = ChargeTry(ledger, device.slot, throttle, clock.Boot(), budget);
      attempt.looked = attempt.wait.count() == 0;
      attempt.charged = attempt.looked;
    }
    const auto match =
        MatchTotp(device.secret, device.parameters,
                  SkewedStepAt(now, device.parameters.interval, device.skew), window, code);
    if (!match) {
      return Fail(match.error());
    }
    // A decoy never accepts a code: its secret is known, and its slot is another's.
    attempt.looked = attempt.looked && !device.stand_in;
    if (attempt.looked) {
      attempt.match = *match;
    }
    tries.push_back(attempt);
  }
  return tries;
}

void RefundAll(Ledger& ledger, const std::vector<DeviceTry>& tries, Budget budget) {
  for (const DeviceTry& attempt : tries) {
    if (attempt.charged) {
      RefundTry(ledger, attempt.device->slot, budget);
    }
  }
}

// The other budget's failures may be somebody else's: a user who logs in does not give strangers
// their attempts back.
void ClearAll(Ledger& ledger, const std::vector<DeviceTry>& tries, Budget budget) {
  for (const DeviceTry& attempt : tries) {
    ledger.ClearFailures(attempt.device->slot, budget);
  }
}

// Takes back what an earlier answer of the same login was charged at the devices that the daemon
// consumes for: it was the password, and no guess at them.
void RefundEarlier(Ledger& ledger, const std::vector<DeviceRecord>& devices, DeviceSet charged,
                   Budget budget) {
  for (const DeviceRecord& device : devices) {
    if (device.kind != DeviceKind::kTotp && (charged & SetOf(device)) != 0) {
      RefundTry(ledger, device.slot, budget);
    }
  }
}

DeviceSet ChargedIn(const std::vector<DeviceTry>& tries) {
  DeviceSet charged = 0;
  for (const DeviceTry& attempt : tries) {
    charged |= attempt.charged ? SetOf(*attempt.device) : 0;
  }
  return charged;
}

Result<Verification> ConsumeMatch(Ledger& ledger, const DeviceRecord& device, TimeStep step,
                                  WallTime now) {
  Verification right{.outcome = VerifyOutcome::kGranted,
                     .generation = device.generation,
                     .digits = device.parameters.digits};
  switch (ledger.Consume(device.slot, device.generation, step, now)) {
    case ConsumeOutcome::kConsumed:
      return right;
    case ConsumeOutcome::kAlreadyUsed:
      right.outcome = VerifyOutcome::kReplayed;
      return right;
    case ConsumeOutcome::kBeforeBirth: {
      const TimeStep next = ledger.ReadUse(device.slot).next_step;
      const WallTime fresh = StartOfSkewed(next, device.parameters.interval, device.skew);
      right.outcome = VerifyOutcome::kBeforeBirth;
      right.wait = std::max(fresh - now, std::chrono::seconds(1));
      return right;
    }
    case ConsumeOutcome::kOldGeneration:
      return Verification{VerifyOutcome::kWrong};
    case ConsumeOutcome::kLedgerReplaced:
      break;
  }
  return Fail(ErrorCode::kUnavailable, "the live store was replaced during the login");
}

// Returns the result if no device matched.
Verification Unmatched(const std::vector<DeviceTry>& tries) {
  std::optional<std::chrono::seconds> wait;
  for (const DeviceTry& attempt : tries) {
    if (attempt.looked) {
      return {.outcome = VerifyOutcome::kWrong, .looked = true};
    }
    if (attempt.wait.count() > 0) {
      wait = std::min(wait.value_or(attempt.wait), attempt.wait);
    }
  }
  return wait ? Verification{VerifyOutcome::kThrottled, *wait}
              : Verification{VerifyOutcome::kWrong};
}

bool HaveOneSecret(const DeviceRecord& a, const DeviceRecord& b) {
  return &a == &b || (!a.stand_in && !b.stand_in && MakeSameCodes(a.secret, b.secret));
}

// Also consumes the step at each device that makes the same codes at the same steps. This version
// of the daemon publishes no such devices. Every login consumes in the order of the devices and
// stops where the step is used, so of several with one code, the first at the first device is
// granted.
Result<Verification> ConsumeAtEach(Ledger& ledger, const std::vector<DeviceTry>& tries,
                                   const DeviceTry& matched, WallTime now) {
  Verification own{VerifyOutcome::kWrong};
  for (const DeviceTry& attempt : tries) {
    const DeviceRecord& device = *attempt.device;
    const bool itself = &attempt == &matched;
    if (!itself && (device.parameters.interval != matched.device->parameters.interval ||
                    !HaveOneSecret(device, *matched.device))) {
      continue;
    }
    const auto consumed = ConsumeMatch(ledger, device, *matched.match, now);
    const bool used =
        consumed && consumed->outcome != VerifyOutcome::kGranted && consumed->generation != 0;
    if (!consumed || used) {
      return consumed;
    }
    if (itself) {
      own = *consumed;
    }
  }
  return own;
}

Result<Verification> ConsumeMatches(Ledger& ledger, const std::vector<DeviceTry>& tries,
                                    Budget budget, WallTime now) {
  Verification verification = Unmatched(tries);
  std::vector<const DeviceRecord*> used;
  for (const DeviceTry& attempt : tries) {
    const bool is_used = std::any_of(
        used.begin(), used.end(),
        [&attempt](const DeviceRecord* device) { return HaveOneSecret(*device, *attempt.device); });
    if (!attempt.match || is_used) {
      continue;
    }
    const auto consumed = ConsumeAtEach(ledger, tries, attempt, now);
    if (!consumed) {
      return consumed;
    }
    if (consumed->generation != 0) {
      used.push_back(attempt.device);
    }
    verification = *consumed;
    if (verification.outcome == VerifyOutcome::kGranted) {
      ClearAll(ledger, tries, budget);
      return verification;
    }
  }
  // A right code that was used before is not a guess at any device.
  if (verification.generation != 0) {
    RefundAll(ledger, tries, budget);
  } else {
    verification.charged = ChargedIn(tries);
  }
  return verification;
}

bool CouldBeTheDaemons(const std::vector<DeviceRecord>& devices, const TypedCode& typed) {
  return std::any_of(devices.begin(), devices.end(), [&typed](const DeviceRecord& device) {
    return (device.kind == DeviceKind::kHotp && !typed.codes().empty()) ||
           (device.kind == DeviceKind::kRecoveryCodes && !typed.recovery().empty());
  });
}

// Returns the end of a bypass. A device without one ends it for all: it was enrolled since, or the
// bypass is being ended.
std::optional<WallTime> OffUntil(const std::vector<DeviceRecord>& devices, const Clock& clock) {
  std::optional<WallTime> until;
  for (const DeviceRecord& device : devices) {
    if (!device.bypass || !IsOn(*device.bypass, clock.Wall(), clock.Boot())) {
      return std::nullopt;
    }
    until = std::min(until.value_or(device.bypass->until), device.bypass->until);
  }
  return until;
}

std::vector<int> DigitsOf(const std::vector<DeviceRecord>& devices) {
  std::vector<int> digits;
  for (const DeviceRecord& device : devices) {
    const bool known =
        std::find(digits.begin(), digits.end(), device.parameters.digits) != digits.end();
    if (device.kind != DeviceKind::kRecoveryCodes && !known) {
      digits.push_back(device.parameters.digits);
    }
  }
  if (digits.empty()) {
    digits.push_back(OtpParameters{}.digits);
  }
  return digits;
}

}  // namespace

DeviceSet SetOf(const DeviceRecord& device) {
  constexpr std::uint32_t kRecoveryBit = 31;
  const std::uint32_t bit =
      device.kind == DeviceKind::kRecoveryCodes ? kRecoveryBit : device.device;
  return bit <= kRecoveryBit ? DeviceSet{1} << bit : 0;
}

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

Result<FactorState> ReadFactorState(LiveStoreReader& store, const Account& account,
                                    std::string_view service, const Clock& clock) {
  const auto factor = ReadFactor(store, account, service, clock);
  return factor ? Result<FactorState>(factor->state) : Fail(factor.error());
}

Result<std::vector<DeviceRecord>> FindOwnDevices(LiveStoreReader& store, const Account& account) {
  auto devices = store.FindDevices(account.name);
  if (devices) {
    std::erase_if(*devices,
                  [&account](const DeviceRecord& device) { return device.uid != account.uid; });
  }
  return devices;
}

Result<FactorView> ReadFactor(LiveStoreReader& store, const Account& account,
                              std::string_view service, const Clock& clock) {
  const auto settings = store.ledger().ReadSettings();
  const auto devices = FindOwnDevices(store, account);
  if (!settings || !devices) {
    return Fail(settings ? devices.error() : settings.error());
  }
  const bool disabled = !settings->enabled || (service == "sshd" && !settings->ssh);
  const auto off_until = disabled ? std::nullopt : OffUntil(*devices, clock);
  return FactorView{disabled || off_until ? FactorState::kDisabled
                    : devices->empty()    ? FactorState::kAbsent
                                          : FactorState::kConfigured,
                    DigitsOf(*devices), off_until};
}

Result<Verification> VerifyCode(LiveStoreReader& store, const Account& account,
                                const TypedCode& typed, const Clock& clock,
                                const HowToVerify& how) {
  Ledger& ledger = store.ledger();
  if (ledger.consume_mode() != layout::ConsumeMode::kCompareAndSwap) {
    return Fail(ErrorCode::kUnavailable, "only the daemon consumes steps on this machine");
  }
  const auto settings = ledger.ReadSettings();
  if (!settings) {
    return Fail(settings.error());
  }
  const int reach = how.window < 0 ? settings->window : std::min(how.window, settings->window);
  const WallTime now = clock.Wall();
  const auto targets = store.FindTargets(account.name, account.uid);
  if (!targets) {
    return Fail(targets.error());
  }
  const OriginStanding standing =
      FindStanding(store, *targets, account.name, how.origin, settings->throttle, now);
  const auto tries = TryDevices(ledger, *targets, typed, settings->throttle, standing.budget, reach,
                                how.charged, clock);
  if (!tries) {
    return Fail(tries.error());
  }
  auto verification = ConsumeMatches(ledger, *tries, standing.budget, now);
  const bool nobody = std::all_of(targets->begin(), targets->end(),
                                  [](const DeviceRecord& device) { return device.stand_in; });
  if (nobody) {
    return Verification{VerifyOutcome::kNoFactor};
  }
  if (verification && verification->outcome == VerifyOutcome::kGranted) {
    RefundEarlier(ledger, *targets, how.charged, standing.budget);
  }
  if (verification) {
    verification->could_be_daemons = CouldBeTheDaemons(*targets, typed);
    verification->origin = standing;
  }
  return verification;
}

OriginStanding FindStanding(const LiveStoreReader& store, const std::vector<DeviceRecord>& records,
                            const Username& name, std::string_view origin,
                            const ThrottlePolicy& policy, WallTime now) {
  // Does the same work for everybody.
  const std::uint64_t hash = HashOrigin(store.origin_key(), name, origin);
  const std::uint32_t today = DayOf(now);
  OriginStanding standing{Budget::kStrangers, true};
  for (const DeviceRecord& record : records) {
    const OriginStanding of_record =
        StandingOf(record.origins, hash, today, policy.known_origin_days);
    standing = of_record.budget == Budget::kKnown ? of_record : standing;
  }
  if (policy.known_origin_days == 0 || origin.empty()) {
    return {};
  }
  return origin == kOwnUidOrigin ? OriginStanding{Budget::kKnown, false} : standing;
}

bool NeedsDaemon(const LoginSettings& settings, const Verification& verification,
                 const TypedCode& typed) {
  // A code that is known to be right, though used, belongs to no other device.
  const bool known = verification.generation != 0;
  return !known && (settings.ask_daemon || !typed.recovery().empty());
}

Verification Stronger(const Verification& here, const Verification& consumed) {
  Verification there = consumed;
  there.origin = here.origin;
  there.charged |= here.charged;
  if (there.outcome == VerifyOutcome::kGranted) {
    return there;
  }
  // Wrong here and throttled there: whatever could have accepted the code has to wait, unless a
  // device here compared it.
  const bool looked = here.outcome == VerifyOutcome::kWrong && here.looked;
  const bool sooner = here.outcome == VerifyOutcome::kThrottled && here.wait < consumed.wait;
  Verification stronger =
      consumed.outcome != VerifyOutcome::kThrottled || looked || sooner ? here : there;
  stronger.charged = there.charged;
  return stronger;
}

}  // namespace twofactor
