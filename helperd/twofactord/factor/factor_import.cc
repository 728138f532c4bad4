#include <algorithm>
#include <memory>
#include <utility>

#include "helperd/twofactord/factor/factor_store.h"

// Users that come from other software, many at a time.
namespace twofactor {

std::string_view NameOf(ImportOutcome outcome) {
  switch (outcome) {
    case ImportOutcome::kImported:
      return "imported";
    case ImportOutcome::kWouldImport:
      return "would_import";
    case ImportOutcome::kExists:
      return "exists";
  }
  return "";
}

Result<FactorStore::ImportedRows> FactorStore::PutUser(Vault& vault, const ImportedUser& user,
                                                       WallTime now) {
  ImportedRows rows{user.account.name, ImportOutcome::kImported, {}, {}};
  auto removed = vault.RemoveUser(user.account.name);
  if (!removed) {
    return Fail(removed.error());
  }
  rows.removed = std::move(*removed);
  std::uint32_t ordinal = 0;
  for (const ImportedDevice& device : user.devices) {
    auto put = vault.PutSecret({.username = user.account.name,
                                .uid = user.account.uid,
                                .device = ordinal++,
                                .parameters = device.parameters,
                                .created = now,
                                .secret = device.secret.Clone(),
                                .kind = device.kind,
                                .label = device.label,
                                .skew = device.skew,
                                .first_step = device.first_step,
                                .counter = device.counter});
    if (!put) {
      return Fail(put.error());
    }
    rows.published.push_back(std::move(*put));
  }
  if (!user.recovery_codes.empty()) {
    auto put =
        vault.PutRecoveryCodes(user.account.name, user.account.uid, now, user.recovery_codes);
    if (!put) {
      return Fail(put.error());
    }
    rows.published.push_back(std::move(*put));
  }
  return rows;
}

Result<std::vector<FactorStore::ImportedRows>> FactorStore::PutUsers(
    Vault& vault, const std::vector<ImportedUser>& users, ImportOptions options, WallTime now) {
  std::vector<ImportedRows> all;
  for (const ImportedUser& user : users) {
    const auto devices = vault.ReadDevices(user.account.name, user.account.uid);
    if (!devices) {
      return Fail(devices.error());
    }
    if (!devices->empty() && !options.replace) {
      all.push_back({user.account.name, ImportOutcome::kExists, {}, {}});
    } else if (options.dry_run) {
      all.push_back({user.account.name, ImportOutcome::kWouldImport, {}, {}});
    } else {
      auto rows = PutUser(vault, user, now);
      if (!rows) {
        return Fail(rows.error());
      }
      all.push_back(std::move(*rows));
    }
  }
  return all;
}

void FactorStore::Import(const AdministrationPermit&, std::vector<ImportedUser> users,
                         ImportOptions options, Done<std::vector<ImportOutcome>> done) {
  std::uint64_t room = 0;
  for (const ImportedUser& user : users) {
    room += user.devices.size() + 1;
  }
  if (const auto reserved = ReserveForChange(room); !reserved) {
    done(Fail(reserved.error()));
    return;
  }
  auto shared = std::make_shared<std::vector<ImportedUser>>(std::move(users));
  writer_.Submit<std::vector<ImportedRows>>(
      [shared, options, now = clock_.Wall()](Vault& vault) {
        return PutUsers(vault, *shared, options, now);
      },
      [this, room, done = std::move(done)](Result<std::vector<ImportedRows>> all) {
        changes_under_way_ -= room;
        done(all ? PublishImported(std::move(*all), UsedSteps::kAreTold) : Fail(all.error()));
      });
}

Result<std::vector<ImportOutcome>> FactorStore::PublishImported(std::vector<ImportedRows> all,
                                                                UsedSteps used) {
  std::vector<ImportOutcome> outcomes;
  for (ImportedRows& rows : all) {
    if (const auto replaced = Replace(rows, used); !replaced) {
      return Fail(replaced.error());
    }
    outcomes.push_back(rows.outcome);
  }
  return outcomes;
}

// At each moment the user has a device: between the two, or where the daemon is killed there, a
// login would else be told that there is no second factor, which nullok lets in.
Result<void> FactorStore::Replace(ImportedRows& rows, UsedSteps used) {
  for (const RemovedDevice& device : rows.removed) {
    publisher_.Close(device.slot, device.generation);
  }
  for (PublishedDevice& device : rows.published) {
    if (used == UsedSteps::kAreClosed) {
      CloseSteps(device);
    }
    if (const auto published = Publish(device); !published) {
      return published;
    }
  }
  for (const RemovedDevice& device : rows.removed) {
    const bool replaced =
        std::any_of(rows.published.begin(), rows.published.end(),
                    [&device](const PublishedDevice& other) { return other.slot == device.slot; });
    if (!replaced) {
      Withdraw(rows.username, device);
    }
  }
  return {};
}

}  // namespace twofactor
