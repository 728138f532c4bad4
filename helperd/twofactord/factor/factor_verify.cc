#include <algorithm>
#include <memory>
#include <utility>

#include "common/livestore/tries.h"
#include "common/otp/totp.h"
#include "helperd/twofactord/factor/factor_store.h"

// Verifying what a process that maps the ledger cannot do by itself.
namespace twofactor {

struct FactorStore::ConsumedTry {
  // Something that counts wrong codes, and was charged unless it has to wait.
  struct Charged {
    std::uint32_t device;
    std::uint64_t slot;
    std::uint32_t generation;
    int digits;
    std::chrono::seconds wait;
  };
  struct LearnedSkew {
    std::uint32_t device;
    std::uint32_t generation;
    int digits;
    int skew;
    TimeStep step;    // Of the code that was typed.
    TimeStep closed;  // Steps before it are used then.
  };

  Account account;
  TypedCode typed;
  std::vector<Charged> hotp;
  std::optional<Charged> recovery;
  std::optional<LearnedSkew> skew;
  std::vector<std::uint64_t> slots;  // All of the account's.
  OriginStanding origin;
  DeviceSet charged;  // Now, or by an earlier answer of this login.
};

struct FactorStore::ConsumedMatch {
  const ConsumedTry::Charged* device = nullptr;
  std::optional<std::uint64_t> codes_left = std::nullopt;
  std::optional<PublishedDevice> skewed = std::nullopt;
};

void FactorStore::Verify(const VerificationPermit& permit, const TypedCode& typed,
                         const HowToVerify& how, Done<Verification> done) {
  const auto store = LiveStore();
  if (!store) {
    done(Fail(store.error()));
    return;
  }
  HowToVerify consuming = how;
  consuming.origin = OriginOf(permit, how.origin);
  const auto here = VerifyCode(**store, permit.target(), typed, clock_, consuming);
  if (!here || !NeedsDaemon(settings_, *here, typed)) {
    done(here);
    return;
  }
  // A try that the throttle refused teaches nothing.
  consuming.learn_skew = how.learn_skew && here->outcome != VerifyOutcome::kThrottled;
  VerifyConsumed(permit, typed, consuming,
                 [here, done = std::move(done)](const Result<Verification>& consumed) {
                   done(consumed ? Stronger(*here, *consumed) : consumed);
                 });
}

void FactorStore::VerifyConsumed(const VerificationPermit& permit, const TypedCode& typed,
                                 const HowToVerify& how, Done<Verification> done) {
  const auto devices = OwnDevices(permit.target());
  const auto standing = devices
                            ? StandingFor(permit.target(), *devices, OriginOf(permit, how.origin))
                            : Fail(devices.error());
  if (!standing) {
    done(Fail(standing.error()));
    return;
  }
  auto attempt = std::make_shared<ConsumedTry>(
      ConsumedTry{permit.target(), {}, {}, {}, {}, {}, *standing, how.charged});
  for (const SecretBytes& code : typed.codes()) {
    attempt->typed.Add(code.Clone());
  }
  attempt->typed.SetRecovery(typed.recovery().Clone());
  ChargeConsumed(*attempt, *devices);
  if (const auto looked = LookForSkew(*attempt, *devices, how.learn_skew); !looked) {
    done(Fail(looked.error()));
    return;
  }
  // Where nobody has an HOTP device there is nothing in the vault to look for, whoever is asked
  // about.
  if (!publisher_.HasHotp() && typed.recovery().empty() && !attempt->skew) {
    done(NotConsumed(*attempt));
    return;
  }
  writer_.Submit<ConsumedMatch>(
      [attempt, look_ahead = policy_.hotp_look_ahead](Vault& vault) {
        return ConsumeInVault(vault, *attempt, look_ahead);
      },
      [this, attempt, done = std::move(done)](const Result<ConsumedMatch>& match) {
        done(match ? FinishConsumed(*attempt, *match) : Fail(match.error()));
      });
}

void FactorStore::ChargeConsumed(ConsumedTry& attempt, const std::vector<DeviceRecord>& devices) {
  const DeviceSet before = attempt.charged;
  const auto charge = [this, before, &attempt](const DeviceRecord& device) {
    const bool exempt =
        (policy_.throttle.exempt_root && attempt.account.uid == 0) || (before & SetOf(device)) != 0;
    const auto wait = exempt ? std::chrono::seconds(0)
                             : ChargeTry(publisher_.ledger(), device.slot, policy_.throttle,
                                         clock_.Boot(), attempt.origin.budget);
    attempt.charged |= exempt || wait.count() > 0 ? 0 : SetOf(device);
    return ConsumedTry::Charged{device.device, device.slot, device.generation,
                                device.parameters.digits, wait};
  };
  for (const DeviceRecord& device : devices) {
    attempt.slots.push_back(device.slot);
    if (device.kind == DeviceKind::kHotp && !attempt.typed.codes().empty()) {
      attempt.hotp.push_back(charge(device));
    }
    if (device.kind == DeviceKind::kRecoveryCodes && !attempt.typed.recovery().empty()) {
      attempt.recovery = charge(device);
    }
  }
}

TimeStep FactorStore::FirstStepAfterUse(std::uint64_t slot, std::uint32_t generation,
                                        TimeStep step) const {
  // With another skew a new ledger may accept what was used with the former one.
  const layout::UseWord use = publisher_.ledger().ReadUse(slot);
  const bool used = use.generation == generation && !use.from_birth;
  return std::max(used ? TimeStep{use.next_step} : 0, step + 1);
}

Result<void> FactorStore::LookForSkew(ConsumedTry& attempt,
                                      const std::vector<DeviceRecord>& devices, bool learn) {
  if (!policy_.learn_skew) {
    return {};
  }
  const WallTime now = clock_.Wall();
  const bool any = std::any_of(devices.begin(), devices.end(), [](const DeviceRecord& device) {
    return device.kind == DeviceKind::kTotp;
  });
  if (!any) {
    return LookAtNothing(attempt.typed, now);
  }
  for (const DeviceRecord& device : devices) {
    if (device.kind != DeviceKind::kTotp) {
      continue;
    }
    const TimeStep current = StepAt(now, device.parameters.interval);
    const auto match = MatchTotp(device.secret, device.parameters, current, policy_.skew_bound,
                                 attempt.typed.OfLength(device.parameters.digits));
    if (!match) {
      return Fail(match.error());
    }
    const bool unused = *match && **match >= publisher_.ledger().ReadUse(device.slot).next_step;
    if (!learn || !unused) {
      continue;
    }
    const auto skew = skews_.Note(device.slot, device.generation, current, **match);
    if (skew) {
      attempt.skew = {device.device,
                      device.generation,
                      device.parameters.digits,
                      *skew,
                      **match,
                      FirstStepAfterUse(device.slot, device.generation, **match)};
    }
  }
  return {};
}

// The same work where there is no device, so that the time does not tell.
Result<void> FactorStore::LookAtNothing(const TypedCode& typed, WallTime now) const {
  const SecretBytes secret(kNewSecretBytes);
  const OtpParameters parameters;
  const auto match = MatchTotp(secret, parameters, StepAt(now, parameters.interval),
                               policy_.skew_bound, typed.OfLength(parameters.digits));
  return match ? Result<void>() : Fail(match.error());
}

Result<FactorStore::ConsumedMatch> FactorStore::ConsumeInVault(Vault& vault,
                                                               const ConsumedTry& attempt,
                                                               int look_ahead) {
  const Account& account = attempt.account;
  // At least one look, so that the time does not tell whether there is an HOTP device.
  if (attempt.hotp.empty()) {
    const auto looked =
        vault.ConsumeHotp(account.name, account.uid, kMaxDevices, attempt.typed, look_ahead);
    if (!looked) {
      return Fail(looked.error());
    }
  }
  for (const ConsumedTry::Charged& device : attempt.hotp) {
    if (device.wait.count() > 0) {
      continue;
    }
    const auto consumed =
        vault.ConsumeHotp(account.name, account.uid, device.device, attempt.typed, look_ahead);
    if (!consumed || *consumed) {
      return consumed ? Result<ConsumedMatch>(ConsumedMatch{.device = &device})
                      : Fail(consumed.error());
    }
  }
  if (!attempt.typed.recovery().empty() &&
      (!attempt.recovery || attempt.recovery->wait.count() == 0)) {
    // The same work for nobody, where there are none: the vault may have some by now whose count of
    // wrong codes is not published yet.
    const uid_t owner = attempt.recovery ? account.uid : static_cast<uid_t>(-1);
    const auto left = vault.ConsumeRecoveryCode(account.name, owner, attempt.typed.recovery());
    if (!left || *left) {
      return left ? Result<ConsumedMatch>(
                        ConsumedMatch{.device = &*attempt.recovery, .codes_left = **left})
                  : Fail(left.error());
    }
  }
  if (attempt.skew) {
    const auto& skew = *attempt.skew;
    auto changed =
        vault.PutSkew(account.name, skew.device, skew.generation, skew.skew, skew.closed);
    return changed ? Result<ConsumedMatch>(ConsumedMatch{.skewed = std::move(*changed)})
                   : Fail(changed.error());
  }
  return ConsumedMatch{};
}

Result<Verification> FactorStore::FinishConsumed(const ConsumedTry& attempt,
                                                 const ConsumedMatch& match) {
  Verification verification{VerifyOutcome::kWrong};
  if (match.device != nullptr) {
    verification = {.outcome = VerifyOutcome::kGranted,
                    .generation = match.device->generation,
                    .digits = match.device->digits,
                    .recovery_codes_left = match.codes_left};
  } else if (match.skewed) {
    if (const auto published = PublishAgain(*match.skewed); !published) {
      return Fail(published.error());
    }
    const auto consumed = publisher_.ledger().Consume(match.skewed->slot, match.skewed->generation,
                                                      attempt.skew->step, clock_.Wall());
    if (consumed == ConsumeOutcome::kConsumed) {
      verification = {.outcome = VerifyOutcome::kGranted,
                      .generation = match.skewed->generation,
                      .digits = attempt.skew->digits};
    }
  }
  if (verification.outcome == VerifyOutcome::kGranted) {
    for (const std::uint64_t slot : attempt.slots) {
      publisher_.ClearFailures(slot, attempt.origin.budget);
    }
    verification.origin = attempt.origin;
    return verification;
  }
  return NotConsumed(attempt);
}

// Throttled where everything that could have taken the code has to wait.
Verification FactorStore::NotConsumed(const ConsumedTry& attempt) {
  std::vector<std::chrono::seconds> waits;
  for (const ConsumedTry::Charged& device : attempt.hotp) {
    waits.push_back(device.wait);
  }
  if (attempt.recovery) {
    waits.push_back(attempt.recovery->wait);
  }
  const auto least = std::min_element(waits.begin(), waits.end());
  Verification refused{VerifyOutcome::kWrong};
  refused.charged = attempt.charged;
  if (least != waits.end() && least->count() > 0) {
    refused.outcome = VerifyOutcome::kThrottled;
    refused.wait = *least;
  }
  return refused;
}

}  // namespace twofactor
