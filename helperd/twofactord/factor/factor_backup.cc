#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "helperd/twofactord/factor/factor_store.h"
#include "helperd/twofactord/livestore/ledger_start.h"

// Everything of all users, out to a backup and back from one.
namespace twofactor {

// Puts the users of a part of a backup into the vault, within one transaction.
//
// A code opens one login, whatever was restored: of the codes that the time makes, all that could
// have been used before this moment are closed, as when a ledger is made; HOTP counters and
// recovery codes that the user still has here stay as used as they are.
class FactorStore::RestoreInVault {
 public:
  RestoreInVault(Vault& vault, const Clock& clock, const BackupContents& contents,
                 ImportOptions options)
      : vault_(vault), clock_(clock), contents_(contents), options_(options) {}

  Result<std::vector<ImportedRows>> Run() {
    if (const auto ready = Prepare(); !ready) {
      return Fail(ready.error());
    }
    std::vector<ImportedRows> all;
    for (const BackedUpUser& user : contents_.users) {
      auto rows = PutUser(user);
      if (!rows) {
        return Fail(rows.error());
      }
      all.push_back(std::move(*rows));
    }
    return all;
  }

 private:
  // What is taken over of a user, as it is to be here.
  struct Kept {
    std::vector<HotpCounter> counters;        // Of the devices, in their order.
    std::vector<std::vector<SameTotp>> same;  // And what is here with their secrets.
    std::string key_name;
    std::vector<RecoveryHash> hashes;
  };

  Result<void> Prepare() {
    const auto settings = vault_.LoadSettings();
    auto former = vault_.LoadFormerWindows();
    const auto latest = vault_.LatestSeen();
    if (!settings || !former || !latest) {
      return Fail(ErrorCode::kUnavailable, "read the vault's settings");
    }
    rule_.emplace(clock_, *latest, settings->window, std::move(*former));
    if (options_.dry_run) {
      return {};
    }
    for (const auto& [id, key] : contents_.recovery_keys) {
      auto name = vault_.KeepRecoveryKey(key);
      if (!name) {
        return Fail(name.error());
      }
      key_names_.insert_or_assign(id, std::move(*name));
    }
    return {};
  }

  Result<ImportedRows> PutUser(const BackedUpUser& user) {
    ImportedRows rows{user.username, ImportOutcome::kExists, {}};
    const auto has = vault_.ReadDevices(user.username, user.uid);
    const auto asked = vault_.FindFirstAsked(user.username, user.uid);
    const auto other =
        options_.keep_uids ? vault_.HasDeviceOfOther(user.username, user.uid) : Result<bool>(false);
    if (!has || !asked || !other) {
      return Fail(!has ? has.error() : !asked ? asked.error() : other.error());
    }
    const bool has_factor = !user.devices.empty() || user.recovery_codes;
    const bool put_factor = has_factor && ((has->empty() && !*other) || options_.replace);
    const bool put_asked =
        user.first_asked && (put_factor || !has_factor) && (!*asked || **asked > *user.first_asked);
    if (!put_factor && !put_asked) {
      return rows;
    }
    rows.outcome = options_.dry_run ? ImportOutcome::kWouldImport : ImportOutcome::kImported;
    if (options_.dry_run) {
      return rows;
    }
    if (put_asked) {
      const auto put = vault_.PutFirstAsked(user.username, user.uid, *user.first_asked);
      if (!put) {
        return Fail(put.error());
      }
    }
    const auto put = put_factor ? PutFactor(user, rows) : Result<void>();
    return put ? Result<ImportedRows>(std::move(rows)) : Fail(put.error());
  }

  Result<void> PutFactor(const BackedUpUser& user, ImportedRows& rows) {
    const auto kept = ReadKept(user);
    if (!kept) {
      return Fail(kept.error());
    }
    const auto noted = vault_.NoteSeen(clock_.Wall());
    auto removed = vault_.RemoveUser(user.username);
    if (!noted || !removed) {
      return Fail(noted ? removed.error() : noted.error());
    }
    rows.removed = std::move(*removed);
    rows.same = kept->same;
    for (std::size_t i = 0; i < user.devices.size(); ++i) {
      auto put = PutDevice(user, user.devices[i], kept->counters[i], kept->same[i]);
      if (!put) {
        return Fail(put.error());
      }
      rows.published.push_back(std::move(*put));
    }
    if (!user.recovery_codes) {
      return {};
    }
    auto put = vault_.PutRecoveryHashes(user.username, user.uid, user.recovery_codes->created,
                                        kept->key_name, kept->hashes);
    if (!put) {
      return Fail(put.error());
    }
    rows.published.push_back(std::move(*put));
    return {};
  }

  Result<Kept> ReadKept(const BackedUpUser& user) {
    Kept kept;
    for (const BackedUpDevice& device : user.devices) {
      const auto here = device.kind == DeviceKind::kHotp
                            ? vault_.CounterOfSecret(user.username, device.secret)
                            : Result<HotpCounter>(0);
      auto same =
          device.kind == DeviceKind::kTotp
              ? vault_.FindTotpSecret(user.username, device.secret, device.parameters.interval)
              : Result<std::vector<SameTotp>>({});
      if (!here || !same) {
        return Fail(here ? same.error() : here.error());
      }
      kept.counters.push_back(std::max(device.counter, *here));
      kept.same.push_back(std::move(*same));
    }
    if (!user.recovery_codes || user.recovery_codes->hashes.empty()) {
      return kept;
    }
    kept.key_name = key_names_.at(user.recovery_codes->key_id);
    const auto left =
        vault_.LeftOfRecoveryCodes(user.username, user.recovery_codes->created, kept.key_name);
    if (!left) {
      return Fail(left.error());
    }
    for (const RecoveryHash& hash : user.recovery_codes->hashes) {
      if (!*left || std::find((*left)->begin(), (*left)->end(), hash) != (*left)->end()) {
        kept.hashes.push_back(hash);
      }
    }
    return kept;
  }

  Result<PublishedDevice> PutDevice(const BackedUpUser& user, const BackedUpDevice& device,
                                    HotpCounter counter, const std::vector<SameTotp>& same) {
    const TimeStep first =
        device.kind == DeviceKind::kTotp
            ? FirstStepAfter(same, *rule_, device.parameters.interval, device.skew)
            : 0;
    return vault_.PutSecret({.username = user.username,
                             .uid = user.uid,
                             .device = device.device,
                             .parameters = device.parameters,
                             .created = device.created,
                             .secret = device.secret.Clone(),
                             .kind = device.kind,
                             .label = device.label,
                             .skew = device.skew,
                             .first_step = std::max(first, device.first_step),
                             .counter = counter});
  }

  Vault& vault_;
  const Clock& clock_;
  const BackupContents& contents_;
  ImportOptions options_;
  std::optional<VaultBirthRule> rule_;
  std::map<std::string, std::string> key_names_;  // By the ids of the backup.
};

void FactorStore::CopyForBackup(const BackupPermit&, Done<BackupSource> done) {
  writer_.Copy([this, done = std::move(done)](Result<VaultCopy> copy) {
    if (!copy) {
      done(Fail(copy.error()));
      return;
    }
    done(BackupSource{std::move(*copy), paths_, clock_,
                      VaultSettings{settings_.enabled, settings_.ssh, settings_.window}});
  });
}

void FactorStore::CloseSteps(PublishedDevice& device) const {
  if (device.kind == DeviceKind::kTotp) {
    const VaultBirthRule now(clock_, WallTime{}, settings_.window, {});
    device.first_step =
        std::max(device.first_step,
                 FirstUnusedStep(now, now.Birth(), device.parameters.interval, device.skew));
  }
}

void FactorStore::Restore(const BackupPermit&, BackupContents contents, ImportOptions options,
                          Done<std::vector<ImportOutcome>> done) {
  std::uint64_t room = 0;
  for (const BackedUpUser& user : contents.users) {
    room += user.devices.size() + 1;
  }
  if (const auto reserved = ReserveForChange(room); !reserved) {
    done(Fail(reserved.error()));
    return;
  }
  auto shared = std::make_shared<BackupContents>(std::move(contents));
  writer_.Submit<std::vector<ImportedRows>>(
      [this, shared, options](Vault& vault) {
        return RestoreInVault(vault, clock_, *shared, options).Run();
      },
      [this, room, done = std::move(done)](Result<std::vector<ImportedRows>> all) {
        changes_under_way_ -= room;
        if (!all) {
          done(Fail(all.error()));
          return;
        }
        // A code may have been used while the commit was on its way.
        done(PublishImported(std::move(*all), UsedSteps::kAreClosed));
      });
}

}  // namespace twofactor
