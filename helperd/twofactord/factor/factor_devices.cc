#include <algorithm>
#include <memory>
#include <utility>

#include "common/livestore/tries.h"
#include "helperd/twofactord/factor/factor_store.h"
#include "helperd/twofactord/factor/random_secrets.h"
#include "helperd/twofactord/factor/two_codes.h"

// A user's devices one by one.
namespace twofactor {
namespace {

constexpr int kRecoveryCodes = 10;

Error NoSuchDevice() { return Error(ErrorCode::kConflict, "the user has no such device"); }

Error NotInARow() {
  return Error(ErrorCode::kConflict,
               "these are not two codes in a row of this device, newer than those that were used:"
               " type one, wait for the next, and type that");
}

bool IsLast(const std::vector<DeviceInfo>& devices, std::uint32_t device) {
  return std::none_of(devices.begin(), devices.end(), [device](const DeviceInfo& info) {
    return info.device != device && info.kind != DeviceKind::kRecoveryCodes;
  });
}

}  // namespace

void FactorStore::ListDevices(const Account& account, Done<ListedDevices> done) {
  using Rows = std::pair<std::vector<DeviceInfo>, std::uint64_t>;
  writer_.Submit<Rows>(
      [account](Vault& vault) -> Result<Rows> {
        auto devices = vault.ReadDevices(account.name, account.uid);
        const auto codes = vault.CountRecoveryCodes(account.name);
        if (!devices || !codes) {
          return Fail(devices ? codes.error() : devices.error());
        }
        return Rows(std::move(*devices), *codes);
      },
      [this, done = std::move(done)](const Result<Rows>& rows) {
        if (!rows) {
          done(Fail(rows.error()));
          return;
        }
        ListedDevices listed;
        for (const DeviceInfo& info : rows->first) {
          if (info.kind == DeviceKind::kRecoveryCodes) {
            listed.recovery_codes_left = rows->second;
            continue;
          }
          const auto next = [&](Budget budget) {
            return DecideTry(publisher_.ledger().ReadFailures(info.slot, budget), policy_.throttle,
                             clock_.Boot());
          };
          const auto strangers = next(Budget::kStrangers);
          const auto known = next(Budget::kKnown);
          // A count that is forgotten by now counts from one again.
          listed.devices.push_back({info, strangers.charged.count - 1, strangers.wait,
                                    known.charged.count - 1, known.wait});
        }
        done(std::move(listed));
      });
}

void FactorStore::RenameDevice(const RenewalPermit& permit, std::uint32_t device,
                               const std::string& label, Done<void> done) {
  if (!permit.may_replace()) {
    done(Fail(NoSuchDevice()));
    return;
  }
  writer_.Submit<void>(
      [target = permit.target(), device, label](Vault& vault) -> Result<void> {
        const auto devices = vault.ReadDevices(target.name, target.uid);
        if (!devices) {
          return Fail(devices.error());
        }
        for (const DeviceInfo& info : *devices) {
          if (info.label == label && info.device != device && info.device < kMaxDevices) {
            return Fail(ErrorCode::kConflict, "another device of this user has this label");
          }
        }
        const auto renamed = device < kMaxDevices
                                 ? vault.RenameDevice(target.name, target.uid, device, label)
                                 : Result<bool>(false);
        if (!renamed) {
          return Fail(renamed.error());
        }
        return *renamed ? Result<void>() : Fail(NoSuchDevice());
      },
      std::move(done));
}

void FactorStore::RemoveDevice(const RenewalPermit& permit, std::uint32_t device, Done<void> done) {
  if (!permit.may_replace()) {
    done(Fail(NoSuchDevice()));
    return;
  }
  writer_.Submit<std::vector<RemovedDevice>>(
      [target = permit.target(), device,
       required = settings_.enabled](Vault& vault) -> Result<std::vector<RemovedDevice>> {
        const auto devices = vault.ReadDevices(target.name, target.uid);
        if (!devices) {
          return Fail(devices.error());
        }
        const bool last = IsLast(*devices, device);
        if (last && required) {
          return Fail(ErrorCode::kConflict,
                      "this is the user's last device, and logins ask for a second factor: an"
                      " administrator may take the whole factor away (user.unset_2fa_secret)");
        }
        if (last) {
          return vault.RemoveUser(target.name);
        }
        const auto removed = device < kMaxDevices
                                 ? vault.RemoveDevice(target.name, target.uid, device)
                                 : Result<std::optional<RemovedDevice>>(std::nullopt);
        if (!removed || !*removed) {
          return Fail(removed ? NoSuchDevice() : removed.error());
        }
        return std::vector<RemovedDevice>{**removed};
      },
      [this, name = permit.target().name,
       done = std::move(done)](const Result<std::vector<RemovedDevice>>& removed) {
        if (!removed) {
          done(Fail(removed.error()));
          return;
        }
        for (const RemovedDevice& gone : *removed) {
          Withdraw(name, gone);
        }
        done({});
      });
}

void FactorStore::ResyncDevice(const VerificationPermit& permit, std::uint32_t device,
                               const SecretBytes& first, const SecretBytes& second,
                               Done<void> done) {
  const Account& target = permit.target();
  auto devices = OwnDevices(target);
  if (!devices) {
    done(Fail(devices.error()));
    return;
  }
  const auto found =
      std::find_if(devices->begin(), devices->end(), [device](const DeviceRecord& record) {
        return record.device == device && record.kind != DeviceKind::kRecoveryCodes;
      });
  if (found == devices->end()) {
    done(Fail(NoSuchDevice()));
    return;
  }
  const auto standing = StandingFor(target, *devices, OriginOf(permit, {}));
  if (!standing) {
    done(Fail(standing.error()));
    return;
  }
  if (const auto charged = ChargeResync(*found, standing->budget); !charged) {
    done(Fail(charged.error()));
    return;
  }
  if (found->kind == DeviceKind::kTotp) {
    ResyncTotp(permit, std::move(*found), first, second, standing->budget, std::move(done));
    return;
  }
  auto codes = std::make_shared<std::pair<SecretBytes, SecretBytes>>(first.Clone(), second.Clone());
  writer_.Submit<bool>(
      [target, device, codes](Vault& vault) {
        return vault.ResyncHotp(target.name, target.uid, device, codes->first, codes->second);
      },
      [this, slot = found->slot, name = target.name, budget = standing->budget,
       done = std::move(done)](const Result<bool>& synced) {
        if (!synced || !*synced) {
          done(Fail(synced ? NotInARow() : synced.error()));
          return;
        }
        // The vault takes it for a use.
        watch_->NoteChange(name.text());
        publisher_.ClearFailures(slot, budget);
        done({});
      });
}

Result<void> FactorStore::ChargeResync(const DeviceRecord& device, Budget budget) {
  if (policy_.throttle.exempt_root && device.uid == 0) {
    return {};
  }
  const auto wait =
      ChargeTry(publisher_.ledger(), device.slot, policy_.throttle, clock_.Boot(), budget);
  if (wait.count() > 0) {
    return Fail(ErrorCode::kRateLimited,
                "too many wrong codes: try again in " + std::to_string(wait.count()) + " seconds");
  }
  return {};
}

void FactorStore::ResyncTotp(const VerificationPermit& permit, DeviceRecord device,
                             const SecretBytes& first, const SecretBytes& second, Budget budget,
                             Done<void> done) {
  const TimeStep current = StepAt(clock_.Wall(), device.parameters.interval);
  const auto least = publisher_.ledger().ReadUse(device.slot).next_step;
  const auto match = MatchTwoTotp(device.secret, device.parameters, current, least, first, second);
  if (!match || !*match) {
    done(Fail(match ? NotInARow() : match.error()));
    return;
  }
  const TimeStep used = **match + 1;
  const int skew = static_cast<int>(std::int64_t{used} - std::int64_t{current});
  const TimeStep closed = FirstStepAfterUse(device.slot, device.generation, used);
  writer_.Submit<std::optional<PublishedDevice>>(
      [name = permit.target().name, ordinal = device.device, generation = device.generation, skew,
       closed](Vault& vault) { return vault.PutSkew(name, ordinal, generation, skew, closed); },
      [this, used, budget,
       done = std::move(done)](const Result<std::optional<PublishedDevice>>& changed) {
        if (!changed || !*changed) {
          done(Fail(changed ? NoSuchDevice() : changed.error()));
          return;
        }
        done(FinishResync(**changed, used, budget));
      });
}

Result<void> FactorStore::FinishResync(const PublishedDevice& device, TimeStep used,
                                       Budget budget) {
  if (const auto published = PublishAgain(device); !published) {
    return published;
  }
  const auto outcome =
      publisher_.ledger().Consume(device.slot, device.generation, used, clock_.Wall());
  if (outcome != ConsumeOutcome::kConsumed) {
    return Fail(NotInARow());
  }
  // The vault takes it for a skew that was learned.
  watch_->NoteChange(device.username.text());
  publisher_.ClearFailures(device.slot, budget);
  skews_.Forget(device.slot);
  return {};
}

void FactorStore::RenewRecoveryCodes(const RenewalPermit& permit,
                                     Done<std::vector<SecretBytes>> done) {
  auto codes = std::make_shared<std::vector<SecretBytes>>();
  for (int i = 0; i < kRecoveryCodes; ++i) {
    auto code = MakeRecoveryCode();
    if (!code) {
      done(Fail(code.error()));
      return;
    }
    codes->push_back(std::move(*code));
  }
  if (const auto reserved = ReserveForChange(1); !reserved) {
    done(Fail(reserved.error()));
    return;
  }
  writer_.Submit<PublishedDevice>(
      [permit, now = clock_.Wall(), codes](Vault& vault) -> Result<PublishedDevice> {
        const Account& target = permit.target();
        const auto devices = vault.ReadDevices(target.name, target.uid);
        if (!devices) {
          return Fail(devices.error());
        }
        if (IsLast(*devices, kRecoveryDevice)) {
          return Fail(ErrorCode::kConflict,
                      "recovery codes stand in for a lost device, and this user has none yet");
        }
        if (!permit.may_replace()) {
          return Fail(ErrorCode::kFactorRequired, "this user has got a secret meanwhile");
        }
        return vault.PutRecoveryCodes(target.name, target.uid, now, *codes);
      },
      [this, codes, done = std::move(done)](const Result<PublishedDevice>& device) {
        --changes_under_way_;
        const auto published = device ? Publish(*device) : Result<void>();
        if (!device || !published) {
          done(Fail(device ? published.error() : device.error()));
          return;
        }
        done(std::move(*codes));
      });
}

Result<bool> FactorStore::ClearThrottle(const AdministrationPermit&, const Username& username) {
  const auto store = LiveStore();
  if (!store) {
    return Fail(store.error());
  }
  const auto devices = (*store)->FindDevices(username);
  if (!devices) {
    return Fail(devices.error());
  }
  bool any = false;
  for (const DeviceRecord& device : *devices) {
    const Ledger& ledger = publisher_.ledger();
    any = any || ledger.ReadFailures(device.slot, Budget::kStrangers).count > 0 ||
          ledger.ReadFailures(device.slot, Budget::kKnown).count > 0;
    publisher_.ClearFailures(device.slot);
  }
  return any;
}

}  // namespace twofactor
