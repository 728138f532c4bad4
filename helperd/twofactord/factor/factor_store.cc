#include "helperd/twofactord/factor/factor_store.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "common/otp/totp.h"
#include "helperd/twofactord/factor/random_secrets.h"

// Secrets on their way into both halves of the store, and out of them.
namespace twofactor {
namespace {

// Where a secret goes: a device that the user has, or a new one.
struct Place {
  std::uint32_t device;
  std::optional<DeviceInfo> current;
};

bool IsDevice(const DeviceInfo& info) { return info.kind != DeviceKind::kRecoveryCodes; }

Result<std::uint32_t> LowestFree(const std::vector<DeviceInfo>& devices) {
  for (std::uint32_t device = 0; device < kMaxDevices; ++device) {
    const bool taken =
        std::any_of(devices.begin(), devices.end(),
                    [device](const DeviceInfo& info) { return info.device == device; });
    if (!taken) {
      return device;
    }
  }
  return Fail(ErrorCode::kTooLarge,
              "a user has at most " + std::to_string(kMaxDevices) + " devices: remove one first");
}

Result<Place> FindPlace(const std::vector<DeviceInfo>& devices, const RenewalOptions& options) {
  const auto found = std::find_if(devices.begin(), devices.end(), [&](const DeviceInfo& info) {
    return IsDevice(info) && (!options.label || info.label == *options.label);
  });
  if (found != devices.end()) {
    return Place{found->device, *found};
  }
  const auto free = LowestFree(devices);
  return free ? Result<Place>(Place{*free, std::nullopt}) : Fail(free.error());
}

DeviceKind KindFor(const Place& place, const RenewalOptions& options) {
  return options.kind.value_or(place.current ? place.current->kind : DeviceKind::kTotp);
}

OtpParameters ParametersFor(const Place& place, const RenewalOptions& options) {
  return options.AppliedTo(place.current ? place.current->parameters : OtpParameters{});
}

}  // namespace

OtpParameters RenewalOptions::AppliedTo(OtpParameters parameters) const {
  parameters.digits = digits.value_or(parameters.digits);
  parameters.interval = interval.value_or(parameters.interval);
  parameters.algorithm = algorithm.value_or(parameters.algorithm);
  return parameters;
}

VaultSettings SettingsChange::AppliedTo(VaultSettings settings) const {
  settings.enabled = enabled.value_or(settings.enabled);
  settings.ssh = ssh.value_or(settings.ssh);
  settings.window = window.value_or(settings.window);
  return settings;
}

FactorStore::FactorStore(RunPaths paths, const Clock& clock, LiveStorePublisher publisher,
                         VaultWriter& writer, LoginSettings settings, FactorPolicy policy,
                         Bypasses bypasses, ClockPast past)
    : paths_(std::move(paths)),
      reader_(paths_),
      clock_(clock),
      publisher_(std::move(publisher)),
      writer_(writer),
      settings_(settings),
      policy_(policy),
      bypasses_(std::move(bypasses)),
      former_windows_(std::move(past.former_windows)),
      seen_at_start_(past.latest_seen),
      clock_watch_(clock.Wall(), clock.Boot()),
      set_back_(past.latest_seen - clock.Wall()),
      rekey_under_way_(writer.opened_amid_rekey()) {
  SetPolicy(policy);
  writer_.OnFactorChange(
      [watch = watch_](const std::string& username) { watch->NoteChange(username); });
}

void FactorStore::Renew(const RenewalPermit& permit, const RenewalOptions& options,
                        Done<RenewedSecret> done) {
  auto secret = MakeSecret();
  if (!secret) {
    done(Fail(secret.error()));
    return;
  }
  Put(permit, std::move(*secret), {.options = options}, std::move(done));
}

void FactorStore::MakePending(const RenewalPermit& permit, const RenewalOptions& options,
                              Done<PendingSecret> done) {
  const Account& target = permit.target();
  writer_.Submit<Place>(
      [target, options](Vault& vault) -> Result<Place> {
        const auto devices = vault.ReadDevices(target.name, target.uid);
        return devices ? FindPlace(*devices, options) : Fail(devices.error());
      },
      [target, options, done = std::move(done)](const Result<Place>& place) {
        auto secret = MakeSecret();
        if (!place || !secret) {
          done(Fail(place ? secret.error() : place.error()));
          return;
        }
        done(PendingSecret{target, options, KindFor(*place, options),
                           ParametersFor(*place, options), std::move(*secret)});
      });
}

void FactorStore::FinishPending(const RenewalPermit& permit, const PendingSecret& pending,
                                const SecretBytes& code, Done<RenewedSecret> done) {
  SecretToPut what{.options = pending.options};
  what.options.digits = pending.parameters.digits;
  what.options.interval = pending.parameters.interval;
  what.options.algorithm = pending.parameters.algorithm;
  what.options.kind = pending.kind;
  bool right = false;
  if (pending.kind == DeviceKind::kHotp) {
    const auto match =
        MatchHotp(pending.secret, pending.parameters, 0, policy_.hotp_look_ahead, code);
    right = match && *match;
    what.counter = right ? **match + 1 : 0;
  } else {
    const TimeStep current = StepAt(clock_.Wall(), pending.parameters.interval);
    const auto match =
        MatchTotp(pending.secret, pending.parameters, current, settings_.window, code);
    right = match && *match;
    what.first_step = right ? **match + 1 : 0;
  }
  if (!right) {
    done(Fail(ErrorCode::kConflict,
              "this is not a current code of the new secret; the old secret is still in force"));
    return;
  }
  Put(permit, pending.secret.Clone(), what, std::move(done));
}

void FactorStore::Put(const RenewalPermit& permit, SecretBytes secret, const SecretToPut& what,
                      Done<RenewedSecret> done) {
  if (const auto reserved = ReserveForChange(1); !reserved) {
    done(Fail(reserved.error()));
    return;
  }
  auto shared = std::make_shared<SecretBytes>(std::move(secret));
  writer_.Submit<PutSecretRows>(
      [permit, what, now = clock_.Wall(), shared](Vault& vault) -> Result<PutSecretRows> {
        const Account& target = permit.target();
        const auto devices = vault.ReadDevices(target.name, target.uid);
        if (!devices) {
          return Fail(devices.error());
        }
        if (!permit.may_replace() && std::any_of(devices->begin(), devices->end(), IsDevice)) {
          return Fail(ErrorCode::kFactorRequired, "this user has got a secret meanwhile");
        }
        const auto place = FindPlace(*devices, what.options);
        if (!place) {
          return Fail(place.error());
        }
        if (const auto noted = vault.NoteSeen(now); !noted) {
          return Fail(noted.error());
        }
        // Who had this name before with another uid is another person.
        auto removed = vault.ForgetOthersOfName(target.name, target.uid);
        if (!removed) {
          return Fail(removed.error());
        }
        const std::string kept = place->current ? place->current->label : "";
        auto put = vault.PutSecret({.username = target.name,
                                    .uid = target.uid,
                                    .device = place->device,
                                    .parameters = ParametersFor(*place, what.options),
                                    .created = now,
                                    .secret = shared->Clone(),
                                    .kind = KindFor(*place, what.options),
                                    .label = what.options.label.value_or(kept),
                                    .first_step = what.first_step,
                                    .counter = what.counter});
        if (!put) {
          return Fail(put.error());
        }
        // A new secret that somebody else sets says that the old one may be known to others, and so
        // may be the places from where it was used.
        const bool forget = !permit.by_owner();
        if (const auto forgotten = forget ? vault.ForgetOrigins(target.name) : Result<void>();
            !forgotten) {
          return Fail(forgotten.error());
        }
        return PutSecretRows{std::move(*removed), std::move(*put), forget};
      },
      [this, name = permit.target().name, shared,
       done = std::move(done)](const Result<PutSecretRows>& rows) {
        --changes_under_way_;
        if (!rows) {
          done(Fail(rows.error()));
          return;
        }
        for (const RemovedDevice& device : rows->removed) {
          Withdraw(name, device);
        }
        if (rows->forgot_origins) {
          ForgetOrigins(name);
        }
        if (const auto published = Publish(rows->device); !published) {
          done(Fail(published.error()));
          return;
        }
        done(RenewedSecret{rows->device.generation, rows->device.kind, rows->device.parameters,
                           std::move(*shared)});
      });
}

Result<void> FactorStore::ReserveForChange(std::uint64_t new_devices) {
  // Room for as many new devices as can come of the changes under way, so that what is committed
  // can be published.
  const auto reserved = publisher_.Reserve(changes_under_way_ + new_devices);
  if (!reserved) {
    return Fail(reserved.error().Under("the live store is full"));
  }
  changes_under_way_ += new_devices;
  return {};
}

Result<void> FactorStore::Publish(const PublishedDevice& device, TimeStep closed) {
  const auto published = publisher_.Publish(device, closed);
  look_for_uses_ = true;
  RefreshAskDaemon();
  // The vault ended it with the commit.
  const auto ended = ForgetBypass(device.username, BypassEnd::kNewSecret);
  return published && !ended ? Fail(ended.error()) : published;
}

TimeStep FactorStore::Withdraw(const Username& username, const RemovedDevice& device) {
  const TimeStep unused = publisher_.Withdraw(username, device.slot, device.generation);
  // The vault forgot them with the commit.
  ForgetOrigins(username);
  RefreshAskDaemon();
  if (bypasses_.Find(username) != nullptr) {
    const auto any_left = HasRecord(username);
    if (any_left && !*any_left) {
      static_cast<void>(ForgetBypass(username, BypassEnd::kNoFactor));
    }
  }
  return unused;
}

void FactorStore::RefreshAskDaemon() {
  const bool ask = policy_.learn_skew || publisher_.HasHotp();
  if (ask != settings_.ask_daemon) {
    settings_.ask_daemon = ask;
    publisher_.WriteSettings(settings_);
  }
}

void FactorStore::Remove(const AdministrationPermit&, const Username& username, Done<bool> done) {
  writer_.Submit<std::vector<RemovedDevice>>(
      [username](Vault& vault) { return vault.RemoveUser(username); },
      [this, username, done = std::move(done)](const Result<std::vector<RemovedDevice>>& removed) {
        if (!removed) {
          done(Fail(removed.error()));
          return;
        }
        for (const RemovedDevice& device : *removed) {
          Withdraw(username, device);
        }
        done(!removed->empty());
      });
}

Result<LiveStoreReader*> FactorStore::LiveStore() const {
  return reader_.Get(publisher_.ledger().slots());
}

Result<std::vector<DeviceRecord>> FactorStore::OwnDevices(const Account& account) const {
  const auto store = LiveStore();
  return store ? FindOwnDevices(**store, account) : Fail(store.error());
}

Result<std::optional<DeviceState>> FactorStore::ReadDevice(const Account& account) const {
  const auto devices = OwnDevices(account);
  if (!devices) {
    return Fail(devices.error());
  }
  if (devices->empty() || devices->front().kind == DeviceKind::kRecoveryCodes) {
    return std::nullopt;
  }
  return DeviceState{devices->front().generation, devices->front().parameters};
}

Result<bool> FactorStore::HoldsGeneration(const Account& account, std::uint32_t generation) const {
  const auto devices = OwnDevices(account);
  if (!devices) {
    return Fail(devices.error());
  }
  return std::any_of(devices->begin(), devices->end(), [generation](const DeviceRecord& device) {
    return device.generation == generation;
  });
}

Result<bool> FactorStore::HasRecord(const Username& name) const {
  const auto store = LiveStore();
  if (!store) {
    return Fail(store.error());
  }
  const auto devices = (*store)->FindDevices(name);
  return devices ? Result<bool>(!devices->empty()) : Fail(devices.error());
}

Result<FactorView> FactorStore::ReadFactor(const Account& account, std::string_view service) const {
  const auto store = LiveStore();
  return store ? twofactor::ReadFactor(**store, account, service, clock_) : Fail(store.error());
}

Result<FactorState> FactorStore::ReadState(const Account& account, std::string_view service) const {
  const auto store = LiveStore();
  return store ? ReadFactorState(**store, account, service, clock_) : Fail(store.error());
}

void FactorStore::UpdateSettings(const AdministrationPermit&, const SettingsChange& change,
                                 Done<void> done) {
  writer_.Submit<VaultSettings>(
      [change, now = clock_.Wall()](Vault& vault) -> Result<VaultSettings> {
        // The vault's, and not those that logins follow yet: a change may be on its way there.
        const auto current = vault.LoadSettings();
        if (!current) {
          return Fail(current.error());
        }
        const VaultSettings settings = change.AppliedTo(*current);
        const auto put = vault.PutSettings(settings, now);
        return put ? Result<VaultSettings>(settings) : Fail(put.error());
      },
      [this, done = std::move(done)](const Result<VaultSettings>& stored) {
        if (!stored) {
          done(Fail(stored.error()));
          return;
        }
        if (stored->window < settings_.window) {
          former_windows_.push_back({clock_.Wall(), settings_.window});
        }
        settings_.enabled = stored->enabled;
        settings_.ssh = stored->ssh;
        settings_.window = stored->window;
        publisher_.WriteSettings(settings_);
        done({});
      });
}

void FactorStore::SetPolicy(const FactorPolicy& policy) {
  policy_ = policy;
  settings_.throttle = policy.throttle;
  settings_.ask_daemon = policy.learn_skew || publisher_.HasHotp();
  publisher_.WriteSettings(settings_);
}

void FactorStore::FirstAskedToEnrol(const Account& account, Done<WallTime> done) {
  writer_.Submit<WallTime>(
      [account, now = clock_.Wall()](Vault& vault) {
        return vault.FirstAskedToEnrol(account.name, account.uid, now);
      },
      std::move(done));
}

const std::string& FactorStore::unwritable_because() const {
  return writer_.read_only_because().empty() ? note_failed_because_ : writer_.read_only_because();
}

void FactorStore::LookForWritableVault(std::function<void(bool writable)> done) {
  writer_.RunAlone<bool>(
      [](Vault& vault) -> Result<bool> { return vault.CanBeWrittenNow(); },
      [done = std::move(done)](const Result<bool>& writable) { done(writable && *writable); });
}

}  // namespace twofactor
