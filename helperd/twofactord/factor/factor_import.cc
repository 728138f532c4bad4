#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <utility>

#include "helperd/twofactord/factor/equal_devices.h"
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
    case ImportOutcome::kRefused:
      return "refused";
  }
  return "";
}

namespace {

// Where a device stands that comes with a secret that the user has here already: what may have
// been used here stays used, whatever the file says.
Result<std::vector<SameTotp>> StayUsed(Vault& vault, const Username& username,
                                       ImportedDevice& device) {
  if (device.kind == DeviceKind::kHotp) {
    const auto here = vault.CounterOfSecret(username, device.secret);
    if (!here) {
      return Fail(here.error());
    }
    device.counter = std::max(device.counter, here->value_or(0));
    return std::vector<SameTotp>();
  }
  return vault.FindTotpSecret(username, device.secret, device.parameters.interval);
}

// The same of the codes of a list: one that comes with a secret that is here, or was, is the list
// that was here. What was used of it is dead, and so is what its user has replaced.
Result<void> StayUsed(Vault& vault, ImportedUser& user) {
  if (user.recovery_codes.empty()) {
    return {};
  }
  for (const ImportedDevice& device : user.devices) {
    const auto has = vault.HasSecret(user.account.name, device.secret);
    if (!has) {
      return Fail(has.error());
    }
    if (*has) {
      auto left = vault.LeftOfCodes(user.account.name, user.recovery_codes);
      if (!left) {
        return Fail(left.error());
      }
      user.recovery_codes = std::move(*left);
      return {};
    }
  }
  return {};
}

}  // namespace

TimeStep FactorStore::FirstStepAfter(const std::vector<SameTotp>& same) {
  TimeStep first = 1;
  for (const SameTotp& here : same) {
    first = std::max(first, here.first_step);
  }
  return first;
}

Result<FactorStore::ImportedRows> FactorStore::PutUser(Vault& vault, ImportedUser& user,
                                                       WallTime now) {
  ImportedRows rows{user.account.name, ImportOutcome::kImported, {}};
  for (ImportedDevice& device : user.devices) {
    auto same = StayUsed(vault, user.account.name, device);
    if (!same) {
      return Fail(same.error());
    }
    if (!same->empty()) {
      device.first_step = std::max(device.first_step, FirstStepAfter(*same));
    }
    rows.same.push_back(std::move(*same));
  }
  const bool has_list = !user.recovery_codes.empty();
  if (const auto stay = StayUsed(vault, user); !stay) {
    return Fail(stay.error());
  }
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
  if (has_list) {
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
    Vault& vault, std::vector<CheckedUser>& users, ImportOptions options, WallTime now) {
  std::vector<ImportedRows> all;
  for (CheckedUser& checked : users) {
    ImportedUser& user = checked.user;
    if (checked.refused) {
      all.push_back({.username = user.account.name,
                     .outcome = ImportOutcome::kRefused,
                     .removed = {},
                     .reason = std::move(checked.reason)});
      continue;
    }
    const auto devices = vault.ReadDevices(user.account.name, user.account.uid);
    if (!devices) {
      return Fail(devices.error());
    }
    if (!devices->empty() && !options.replace) {
      all.push_back({user.account.name, ImportOutcome::kExists, {}});
    } else if (options.dry_run) {
      all.push_back({.username = user.account.name,
                     .outcome = ImportOutcome::kWouldImport,
                     .removed = {},
                     .reason = std::move(checked.reason)});
    } else {
      auto rows = PutUser(vault, user, now);
      if (!rows) {
        return Fail(rows.error());
      }
      rows->reason = std::move(checked.reason);
      all.push_back(std::move(*rows));
    }
  }
  return all;
}

void FactorStore::Import(const AdministrationPermit&, std::vector<ImportedUser> users,
                         ImportOptions options, Done<std::vector<ImportAnswer>> done) {
  std::uint64_t room = 0;
  auto shared = std::make_shared<std::vector<CheckedUser>>();
  for (ImportedUser& user : users) {
    auto told = TakeOutEqualDevices(user.devices);
    room += user.devices.size() + 1;
    shared->push_back({std::move(user), told ? *told : told.error().message(), !told});
  }
  if (const auto reserved = ReserveForChange(room); !reserved) {
    done(Fail(reserved.error()));
    return;
  }
  NoteUsesNow();
  writer_.Submit<std::vector<ImportedRows>>(
      [shared, options, now = clock_.Wall()](Vault& vault) {
        return PutUsers(vault, *shared, options, now);
      },
      [this, room, done = std::move(done)](Result<std::vector<ImportedRows>> all) {
        changes_under_way_ -= room;
        done(all ? PublishImported(std::move(*all), PastCodes::kAreTold) : Fail(all.error()));
      });
}

Result<std::vector<ImportAnswer>> FactorStore::PublishImported(std::vector<ImportedRows> all,
                                                               PastCodes past) {
  std::vector<ImportAnswer> answers;
  for (ImportedRows& rows : all) {
    if (const auto replaced = Replace(rows, past); !replaced) {
      return Fail(replaced.error());
    }
    answers.push_back({rows.outcome, std::move(rows.reason), rows.uses_unknown});
  }
  return answers;
}

// At each moment the user has a device: between the two, or where the daemon is killed there, a
// login would else be told that there is no second factor, which nullok lets in. A new device in
// the place of an old one takes it over at one stroke, as a renewal does.
Result<void> FactorStore::Replace(ImportedRows& rows, PastCodes past) {
  CloseReplaced(rows, past);
  if (!rows.removed.empty()) {
    ForgetOrigins(rows.username);
  }
  for (std::size_t i = 0; i < rows.published.size(); ++i) {
    const PublishedDevice& device = rows.published[i];
    const auto same = i < rows.same.size() ? rows.same[i] : std::vector<SameTotp>();
    const bool has_past = past == PastCodes::kAreClosed || !same.empty();
    const TimeStep closed = has_past ? FirstStepFromNow(device, same) : 0;
    const auto raised =
        device.first_step > 0 ? publisher_.CloseBefore(device, closed) : Result<void>();
    const auto published = raised ? Publish(device, closed) : raised;
    if (!published) {
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

// Codes of a secret that is taken over end here, and what was used of it by now, while the commit
// was on its way too, stays used.
void FactorStore::CloseReplaced(ImportedRows& rows, PastCodes past) {
  std::map<std::uint64_t, layout::UseWord> uses;
  const auto is_same = [&rows](const RemovedDevice& device) {
    return std::any_of(rows.same.begin(), rows.same.end(), [&device](const auto& same) {
      return std::any_of(same.begin(), same.end(),
                         [&device](const SameTotp& here) { return here.slot == device.slot; });
    });
  };
  for (const RemovedDevice& device : rows.removed) {
    if (past == PastCodes::kAreClosed || is_same(device)) {
      uses.emplace(device.slot, publisher_.Close(device.slot, device.generation));
    }
  }
  for (std::size_t i = 0; i < rows.published.size(); ++i) {
    PublishedDevice& device = rows.published[i];
    for (const SameTotp& here : i < rows.same.size() ? rows.same[i] : std::vector<SameTotp>()) {
      const auto use = uses.find(here.slot);
      if (use != uses.end() && use->second.generation == here.generation &&
          !use->second.from_birth) {
        device.first_step = std::max(device.first_step, use->second.next_step);
      }
    }
  }
}

}  // namespace twofactor
