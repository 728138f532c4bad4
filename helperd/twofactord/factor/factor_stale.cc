#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "helperd/twofactord/factor/factor_store.h"
#include "helperd/twofactord/livestore/ledger_start.h"
#include "helperd/twofactord/vault/stale_note.h"

// Users whom the system no longer knows, and those who have another name now.
namespace twofactor {
namespace {

// What came of one user in the vault, and what is to be taken out of the live store.
struct LookRows {
  NotedLook noted;
  std::vector<RemovedDevice> removed;
};

// Has the user a device that was made after the system was asked?
Result<bool> EnrolledSince(Vault& vault, const Account& account, LookMoment moment) {
  const auto devices = vault.ReadDevices(account.name, account.uid);
  if (!devices) {
    return Fail(devices.error());
  }
  return std::any_of(devices->begin(), devices->end(), [moment](const DeviceInfo& device) {
    return IsNewerGeneration(device.generation, moment.last_generation);
  });
}

Result<LookRows> NoteLook(Vault& vault, const UserLook& look, LookMoment moment,
                          std::chrono::days grace, WallTime now) {
  const auto& [name, uid] = look.account;
  const auto enrolled =
      look.known ? Result<bool>(true) : EnrolledSince(vault, look.account, moment);
  if (!enrolled) {
    return Fail(enrolled.error());
  }
  if (*enrolled) {
    const auto forgotten = vault.ForgetStale(name, uid);
    return forgotten ? Result<LookRows>(LookRows{}) : Fail(forgotten.error());
  }
  const auto note = vault.NoteStale(name, uid, now);
  if (!note) {
    return Fail(note.error());
  }
  if (!IsOverGrace(*note, grace)) {
    return LookRows{{*note}, {}};
  }
  auto removed = vault.ForgetUser(name, uid);
  return removed ? Result<LookRows>(LookRows{{*note, true}, std::move(*removed)})
                 : Fail(removed.error());
}

// What came of a new name in the vault, and what there was of that name's other uids.
struct RenamedRows {
  std::vector<RemovedDevice> others;
  Vault::RenamedUser renamed;
};

Result<RenamedRows> RenameInVault(Vault& vault, const Username& from, const Account& to) {
  const auto had = vault.ReadDevices(from, to.uid);
  const auto has = vault.ReadDevices(to.name, to.uid);
  if (!had || !has) {
    return Fail(had ? has.error() : had.error());
  }
  if (std::none_of(had->begin(), had->end(), [](const DeviceInfo& device) {
        return device.kind != DeviceKind::kRecoveryCodes;
      })) {
    return Fail(ErrorCode::kNoSuchUser,
                "nothing is kept of a user " + from.text() + " with uid " + std::to_string(to.uid));
  }
  if (!has->empty()) {
    return Fail(ErrorCode::kConflict,
                to.name.text() + " has a second factor already: nothing was changed");
  }
  auto others = vault.ForgetOthersOfName(to.name, to.uid);
  auto renamed = others ? vault.RenameUser(from, to.uid, to.name) : Fail(others.error());
  if (!renamed) {
    return Fail(renamed.error());
  }
  return RenamedRows{std::move(*others), std::move(*renamed)};
}

}  // namespace

void FactorStore::ListVaultUsers(const std::string& after, std::size_t most,
                                 Done<ListedVaultUsers> done) {
  writer_.Submit<ListedVaultUsers>(
      [after, most](Vault& vault) -> Result<ListedVaultUsers> {
        auto users = vault.ListUsers(after, most);
        const auto last = users ? vault.LastGeneration() : Fail(users.error());
        return last ? Result<ListedVaultUsers>(ListedVaultUsers{std::move(*users), {*last}})
                    : Fail(last.error());
      },
      std::move(done));
}

void FactorStore::BeginLook(Done<LookMoment> done) {
  writer_.Submit<LookMoment>(
      [](Vault& vault) -> Result<LookMoment> {
        const auto last = vault.LastGeneration();
        return last ? Result<LookMoment>(LookMoment{*last}) : Fail(last.error());
      },
      std::move(done));
}

void FactorStore::NoteLooks(const AdministrationPermit&, std::vector<UserLook> looks,
                            LookMoment moment, std::chrono::days grace,
                            Done<std::vector<NotedLook>> done) {
  auto shared = std::make_shared<std::vector<UserLook>>(std::move(looks));
  writer_.Submit<std::vector<LookRows>>(
      [shared, moment, grace, now = clock_.Wall()](Vault& vault) -> Result<std::vector<LookRows>> {
        std::vector<LookRows> all;
        for (const UserLook& look : *shared) {
          auto rows = NoteLook(vault, look, moment, grace, now);
          if (!rows) {
            return Fail(rows.error());
          }
          all.push_back(std::move(*rows));
        }
        return all;
      },
      [this, shared, done = std::move(done)](const Result<std::vector<LookRows>>& all) {
        if (!all) {
          done(Fail(all.error()));
          return;
        }
        std::vector<NotedLook> noted;
        for (std::size_t i = 0; i < all->size(); ++i) {
          for (const RemovedDevice& device : (*all)[i].removed) {
            Withdraw((*shared)[i].account.name, device);
          }
          noted.push_back((*all)[i].noted);
        }
        done(std::move(noted));
      });
}

void FactorStore::ForgetUsers(const AdministrationPermit&, std::vector<Account> users,
                              LookMoment moment, Done<std::vector<bool>> done) {
  auto shared = std::make_shared<std::vector<Account>>(std::move(users));
  // None for who is kept.
  using Removed = std::vector<std::optional<std::vector<RemovedDevice>>>;
  writer_.Submit<Removed>(
      [shared, moment](Vault& vault) -> Result<Removed> {
        Removed all;
        for (const Account& user : *shared) {
          const auto enrolled = EnrolledSince(vault, user, moment);
          if (!enrolled || *enrolled) {
            if (!enrolled) {
              return Fail(enrolled.error());
            }
            all.emplace_back(std::nullopt);
            continue;
          }
          auto removed = vault.ForgetUser(user.name, user.uid);
          if (!removed) {
            return Fail(removed.error());
          }
          all.emplace_back(std::move(*removed));
        }
        return all;
      },
      [this, shared, done = std::move(done)](const Result<Removed>& all) {
        if (!all) {
          done(Fail(all.error()));
          return;
        }
        std::vector<bool> forgotten;
        for (std::size_t i = 0; i < all->size(); ++i) {
          const auto& removed = (*all)[i];
          forgotten.push_back(removed.has_value());
          if (removed) {
            for (const RemovedDevice& device : *removed) {
              Withdraw((*shared)[i].name, device);
            }
          }
        }
        done(std::move(forgotten));
      });
}

void FactorStore::RenameUser(const AdministrationPermit&, const Username& from, const Account& to,
                             Done<RenamedFactor> done) {
  constexpr std::uint64_t kRoom = kMaxDevices;
  if (const auto reserved = ReserveForChange(kRoom); !reserved) {
    done(Fail(reserved.error()));
    return;
  }
  NoteUsesNow();
  writer_.Submit<RenamedRows>([from, to](Vault& vault) { return RenameInVault(vault, from, to); },
                              [this, from, to, done = std::move(done)](Result<RenamedRows> rows) {
                                changes_under_way_ -= kRoom;
                                if (!rows) {
                                  done(Fail(rows.error()));
                                  return;
                                }
                                for (const RemovedDevice& device : rows->others) {
                                  Withdraw(to.name, device);
                                }
                                done(PublishRenamed(from, std::move(rows->renamed)));
                              });
}

Result<RenamedFactor> FactorStore::PublishRenamed(const Username& from,
                                                  Vault::RenamedUser renamed) {
  // Out first: a code that was used while the commit was on its way is of a closed step then.
  std::map<std::uint32_t, TimeStep> unused;
  for (const RemovedDevice& device : renamed.removed) {
    unused.emplace(device.device, Withdraw(from, device));
  }
  for (PublishedDevice& device : renamed.published) {
    device.first_step = std::max(device.first_step, unused[device.device]);
    if (const auto published = Publish(device, FirstStepFromNow(device)); !published) {
      return Fail(published.error());
    }
  }
  return RenamedFactor{renamed.published.size(), renamed.lost_recovery_codes};
}

void FactorStore::RemoveUnusedRecoveryKeys(const AdministrationPermit&, Done<std::uint64_t> done) {
  writer_.Submit<std::uint64_t>([](Vault& vault) { return vault.RemoveUnusedRecoveryKeys(); },
                                std::move(done));
}

}  // namespace twofactor
