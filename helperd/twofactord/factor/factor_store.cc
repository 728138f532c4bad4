#include "helperd/twofactord/factor/factor_store.h"

#include <openssl/rand.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "common/otp/totp.h"

namespace twofactor {
namespace {

constexpr std::uint32_t kFirstDevice = 0;

Result<SecretBytes> MakeSecret() {
  SecretBytes secret(kNewSecretBytes);
  if (RAND_priv_bytes(secret.mutable_bytes().data(), static_cast<int>(secret.size())) != 1) {
    return Fail(ErrorCode::kInternal, "get random bytes for a secret");
  }
  return secret;
}

// Runs on the writer's thread, within a transaction.
Result<PublishedDevice> PutWithinTransaction(Vault& vault, const RenewalPermit& permit,
                                             const RenewalOptions& options, WallTime now,
                                             const SecretBytes& secret) {
  const Account& target = permit.target();
  const auto current = vault.ReadParameters(target.name, target.uid, kFirstDevice);
  if (!current) {
    return Fail(current.error());
  }
  if (*current && !permit.may_replace()) {
    return Fail(ErrorCode::kFactorRequired, "this user has got a secret meanwhile");
  }
  if (const auto noted = vault.NoteSeen(now); !noted) {
    return Fail(noted.error());
  }
  return vault.PutSecret({.username = target.name,
                          .uid = target.uid,
                          .device = kFirstDevice,
                          .parameters = options.AppliedTo(current->value_or(OtpParameters{})),
                          .created = now,
                          .secret = secret.Clone()});
}

}  // namespace

OtpParameters RenewalOptions::AppliedTo(OtpParameters parameters) const {
  parameters.digits = digits.value_or(parameters.digits);
  parameters.interval = interval.value_or(parameters.interval);
  return parameters;
}

FactorStore::FactorStore(RunPaths paths, const Clock& clock, LiveStorePublisher publisher,
                         VaultWriter& writer, LoginSettings settings)
    : paths_(std::move(paths)),
      clock_(clock),
      publisher_(std::move(publisher)),
      writer_(writer),
      settings_(settings) {}

void FactorStore::Renew(const RenewalPermit& permit, const RenewalOptions& options,
                        std::function<void(Result<RenewedSecret>)> done) {
  auto secret = MakeSecret();
  if (!secret) {
    done(Fail(secret.error()));
    return;
  }
  Put(permit, std::move(*secret), options, 0, std::move(done));
}

Result<PendingSecret> FactorStore::MakePending(const RenewalPermit& permit,
                                               const RenewalOptions& options) {
  auto secret = MakeSecret();
  if (!secret) {
    return Fail(secret.error());
  }
  const auto device = ReadDevice(permit.target());
  if (!device) {
    return Fail(device.error());
  }
  const OtpParameters current = *device ? (*device)->parameters : OtpParameters{};
  return PendingSecret{permit.target(), options.AppliedTo(current), std::move(*secret)};
}

void FactorStore::FinishPending(const RenewalPermit& permit, const PendingSecret& pending,
                                const SecretBytes& code,
                                std::function<void(Result<RenewedSecret>)> done) {
  const TimeStep current = StepAt(clock_.Wall(), pending.parameters.interval);
  const auto match = MatchTotp(pending.secret, pending.parameters, current, settings_.window, code);
  if (!match) {
    done(Fail(match.error()));
    return;
  }
  if (!*match) {
    done(Fail(ErrorCode::kConflict,
              "this is not a current code of the new secret; the old secret is still in force"));
    return;
  }
  const RenewalOptions options{pending.parameters.digits, pending.parameters.interval};
  Put(permit, pending.secret.Clone(), options, **match + 1, std::move(done));
}

void FactorStore::Put(const RenewalPermit& permit, SecretBytes secret,
                      const RenewalOptions& options, TimeStep first_step,
                      std::function<void(Result<RenewedSecret>)> done) {
  // Room for as many new devices as can come of the changes under way, so that what is committed
  // can be published.
  const auto reserved = publisher_.Reserve(changes_under_way_ + 1);
  if (!reserved) {
    done(Fail(reserved.error().Under("the live store is full")));
    return;
  }
  ++changes_under_way_;
  auto shared = std::make_shared<SecretBytes>(std::move(secret));
  writer_.Submit<PublishedDevice>(
      [permit, options, now = clock_.Wall(), shared](Vault& vault) {
        return PutWithinTransaction(vault, permit, options, now, *shared);
      },
      [this, first_step, done = std::move(done)](Result<PublishedDevice> device) {
        --changes_under_way_;
        done(PublishCommitted(std::move(device), first_step));
      });
}

Result<RenewedSecret> FactorStore::PublishCommitted(Result<PublishedDevice> device,
                                                    TimeStep first_step) {
  if (!device) {
    return Fail(device.error());
  }
  if (const auto published = publisher_.Publish(*device, first_step); !published) {
    return Fail(published.error());
  }
  return RenewedSecret{device->generation, device->parameters, std::move(device->secret)};
}

void FactorStore::Remove(const RemovalPermit&, const Username& username,
                         std::function<void(Result<bool>)> done) {
  writer_.Submit<std::vector<RemovedDevice>>(
      [username](Vault& vault) { return vault.RemoveUser(username); },
      [this, username, done = std::move(done)](Result<std::vector<RemovedDevice>> removed) {
        if (!removed) {
          done(Fail(removed.error()));
          return;
        }
        for (const RemovedDevice& device : *removed) {
          publisher_.Withdraw(username, device.device, device.slot, device.generation);
        }
        done(!removed->empty());
      });
}

Result<std::optional<DeviceState>> FactorStore::ReadDevice(const Account& account) const {
  const auto store = LiveStoreReader::Open(paths_);
  if (!store) {
    return Fail(store.error());
  }
  const auto device = store->FindDevice(account.name, kFirstDevice);
  if (!device) {
    return Fail(device.error());
  }
  if (!*device || (*device)->uid != account.uid) {
    return std::nullopt;
  }
  return DeviceState{(*device)->generation, (*device)->parameters};
}

Result<bool> FactorStore::HasRecord(const Username& name) const {
  const auto store = LiveStoreReader::Open(paths_);
  if (!store) {
    return Fail(store.error());
  }
  const auto device = store->FindDevice(name, kFirstDevice);
  return device ? Result<bool>(device->has_value()) : Fail(device.error());
}

Result<FactorState> FactorStore::ReadState(const Account& account, std::string_view service) const {
  const auto store = LiveStoreReader::Open(paths_);
  return store ? ReadFactorState(*store, account, service) : Fail(store.error());
}

Result<Verification> FactorStore::Verify(const VerificationPermit& permit,
                                         const SecretBytes& code) const {
  auto store = LiveStoreReader::Open(paths_);
  return store ? VerifyCode(*store, permit.target(), code, clock_) : Fail(store.error());
}

void FactorStore::UpdateSettings(const SettingsPermit&, const VaultSettings& settings,
                                 std::function<void(Result<void>)> done) {
  writer_.Submit<void>(
      [settings, now = clock_.Wall()](Vault& vault) { return vault.PutSettings(settings, now); },
      [this, settings, done = std::move(done)](const Result<void>& stored) {
        if (stored) {
          settings_.enabled = settings.enabled;
          settings_.ssh = settings.ssh;
          settings_.window = settings.window;
          publisher_.WriteSettings(settings_);
        }
        done(stored);
      });
}

void FactorStore::SetThrottle(const ThrottlePolicy& policy) {
  settings_.throttle = policy;
  publisher_.WriteSettings(settings_);
}

void FactorStore::NoteTime() {
  const WallTime used = publisher_.ledger().LatestUse();
  const WallTime latest = std::max(used, clock_.Wall());
  if (used <= noted_ && latest - noted_ < kQuietNotePeriod) {
    return;
  }
  writer_.Submit<void>([latest](Vault& vault) { return vault.NoteSeen(latest); },
                       [this, latest](const Result<void>& stored) {
                         if (stored) {
                           noted_ = std::max(noted_, latest);
                         }
                       });
}

}  // namespace twofactor
