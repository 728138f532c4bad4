#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "helperd/twofactord/factor/equal_devices.h"
#include "helperd/twofactord/factor/factor_store.h"
#include "helperd/twofactord/livestore/ledger_start.h"
#include "helperd/twofactord/vault/recovery_key.h"

// Everything of all users, out to a backup and back from one.
namespace twofactor {

// Puts the users of a part of a backup into the vault, within one transaction.
//
// A code opens one login, whatever was restored: each device has a past, so all codes of the time
// that could have been used before this moment are closed when it is published, as when a ledger is
// made. Those that are known to be used, HOTP counters and recovery codes that the user has here,
// or had, stay as used as they are. Where the vault should know that and does not (it is older than
// the table, or the table was full), they stay away.
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
    if (put_factor) {
      const auto known = CheckCounters(user, rows);
      if (!known || !*known) {
        return known ? Result<ImportedRows>(std::move(rows)) : Fail(known.error());
      }
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

  // Should the vault know all that was used of the user's since the backup, if it was here?
  Result<bool> KnowsSinceBackup(const BackedUpUser& user) {
    return vault_.KnowsUsesSince(user.username, contents_.backup);
  }

  // False where the user is refused.
  Result<bool> CheckCounters(const BackedUpUser& user, ImportedRows& rows) {
    for (const BackedUpDevice& device : user.devices) {
      if (device.kind != DeviceKind::kHotp) {
        continue;
      }
      const auto here = vault_.CounterOfSecret(user.username, device.secret);
      const auto knows = KnowsSinceBackup(user);
      if (!here || !knows) {
        return Fail(here ? knows.error() : here.error());
      }
      if (!*here && !*knows) {
        rows.outcome = ImportOutcome::kRefused;
        rows.reason = "what was used of HOTP device '" + device.label +
                      "' since the backup is not known any more: give the user a new secret";
        return false;
      }
      rows.uses_unknown = rows.uses_unknown || !*here;
    }
    return true;
  }

  // The codes of the user's list that stay.
  Result<std::vector<RecoveryHash>> UnusedHashes(const BackedUpUser& user,
                                                 const std::string& key_name, ImportedRows& rows) {
    const auto left =
        vault_.LeftOfRecoveryCodes(user.username, user.recovery_codes->created, key_name);
    const auto knows = KnowsSinceBackup(user);
    if (!left || !knows) {
      return Fail(left ? knows.error() : left.error());
    }
    if (!*left && !*knows) {
      rows.reason += rows.reason.empty() ? "" : "; ";
      rows.reason +=
          "the recovery codes were left out: what was used of them since the backup is not known"
          " any more";
      return std::vector<RecoveryHash>();
    }
    rows.uses_unknown = rows.uses_unknown || (!*left && key_name != kOwnRecoveryKey);
    std::vector<RecoveryHash> unused;
    for (const RecoveryHash& hash : user.recovery_codes->hashes) {
      const auto used = vault_.WasUsed(user.username, key_name, hash);
      if (!used) {
        return Fail(used.error());
      }
      // Where not every use is known, what is not left of the same list may have been used.
      const bool gone =
          !*knows && std::find((*left)->begin(), (*left)->end(), hash) == (*left)->end();
      if (!*used && !gone) {
        unused.push_back(hash);
      }
    }
    return unused;
  }

  Result<void> PutFactor(const BackedUpUser& user, ImportedRows& rows) {
    const auto kept = ReadKept(user, rows);
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

  Result<Kept> ReadKept(const BackedUpUser& user, ImportedRows& rows) {
    Kept kept;
    for (const BackedUpDevice& device : user.devices) {
      const auto here = device.kind == DeviceKind::kHotp
                            ? vault_.CounterOfSecret(user.username, device.secret)
                            : Result<std::optional<HotpCounter>>(std::nullopt);
      auto same =
          device.kind == DeviceKind::kTotp
              ? vault_.FindTotpSecret(user.username, device.secret, device.parameters.interval)
              : Result<std::vector<SameTotp>>({});
      if (!here || !same) {
        return Fail(here ? same.error() : here.error());
      }
      kept.counters.push_back(std::max(device.counter, here->value_or(0)));
      kept.same.push_back(std::move(*same));
    }
    if (!user.recovery_codes || user.recovery_codes->hashes.empty()) {
      return kept;
    }
    kept.key_name = key_names_.at(user.recovery_codes->key_id);
    auto unused = UnusedHashes(user, kept.key_name, rows);
    if (!unused) {
      return Fail(unused.error());
    }
    kept.hashes = std::move(*unused);
    return kept;
  }

  Result<PublishedDevice> PutDevice(const BackedUpUser& user, const BackedUpDevice& device,
                                    HotpCounter counter, const std::vector<SameTotp>& same) {
    const TimeStep first = device.kind == DeviceKind::kTotp ? FirstStepAfter(same) : 0;
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
  std::map<std::string, std::string> key_names_;  // By the ids of the backup.
};

void FactorStore::CopyForBackup(const RootPermit&, Done<BackupSource> done) {
  auto id = NewBackupId();
  if (!id) {
    done(Fail(id.error()));
    return;
  }
  writer_.Submit<void>(
      [id = *id](Vault& vault) { return vault.NoteBackup(id); },
      [this, id = *id, done = std::move(done)](const Result<void>& /*noted*/) {
        // A vault that cannot be written is backed up too. Then the backup's date is all that
        // tells.
        writer_.Copy([this, id, done](Result<VaultCopy> copy) {
          if (!copy) {
            done(Fail(copy.error()));
            return;
          }
          done(BackupSource{std::move(*copy), paths_, clock_,
                            VaultSettings{settings_.enabled, settings_.ssh, settings_.window}, id});
        });
      });
}

TimeStep FactorStore::FirstStepFromNow(const PublishedDevice& device,
                                       const std::vector<SameTotp>& same) const {
  if (device.kind != DeviceKind::kTotp) {
    return 0;
  }
  // The device's clock may be known to be further ahead here.
  int skew = device.skew;
  for (const SameTotp& here : same) {
    skew = std::max(skew, here.skew);
  }
  const VaultBirthRule rule = Rule();
  return FirstUnusedStep(rule, rule.Birth(), device.parameters.interval, skew);
}

void FactorStore::Restore(const RootPermit&, BackupContents contents, ImportOptions options,
                          Done<std::vector<ImportAnswer>> done) {
  std::uint64_t room = 0;
  std::vector<std::string> left_out;
  for (BackedUpUser& user : contents.users) {
    left_out.push_back(TakeOutEqualDevices(user.devices));
    room += user.devices.size() + 1;
  }
  if (const auto reserved = ReserveForChange(room); !reserved) {
    done(Fail(reserved.error()));
    return;
  }
  NoteUsesNow();
  auto shared = std::make_shared<BackupContents>(std::move(contents));
  writer_.Submit<std::vector<ImportedRows>>(
      [this, shared, options](Vault& vault) {
        return RestoreInVault(vault, clock_, *shared, options).Run();
      },
      [this, room, left_out, done = std::move(done)](Result<std::vector<ImportedRows>> all) {
        changes_under_way_ -= room;
        if (!all) {
          done(Fail(all.error()));
          return;
        }
        for (std::size_t i = 0; i < all->size(); ++i) {
          ImportedRows& rows = (*all)[i];
          if (rows.outcome != ImportOutcome::kExists && rows.outcome != ImportOutcome::kRefused) {
            rows.reason = left_out[i] + (left_out[i].empty() || rows.reason.empty() ? "" : "; ") +
                          rows.reason;
          }
        }
        // A code may have been used while the commit was on its way.
        done(PublishImported(std::move(*all), PastCodes::kAreClosed));
      });
}

}  // namespace twofactor
