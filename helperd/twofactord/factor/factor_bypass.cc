#include <algorithm>
#include <utility>

#include "helperd/twofactord/factor/factor_store.h"

// Users whom an administrator lets in without a code for a while.
namespace twofactor {
namespace {

bool HasDevice(const std::vector<DeviceInfo>& devices) {
  return std::any_of(devices.begin(), devices.end(), [](const DeviceInfo& info) {
    return info.kind != DeviceKind::kRecoveryCodes;
  });
}

}  // namespace

void FactorStore::SetBypass(const AdministrationPermit&, const BypassRequest& request,
                            Done<StoredBypass> done) {
  const WallTime now = clock_.Wall();
  const ActiveBypass wanted{
      {.username = request.target.name,
       .uid = request.target.uid,
       .since = now,
       .until = now + request.time,
       .by_uid = request.by_uid,
       .by_name = request.by_name,
       .reason = request.reason},
      {.until = now + request.time, .until_boot = clock_.Boot() + request.time}};
  writer_.Submit<void>(
      [stored = wanted.stored](Vault& vault) -> Result<void> {
        const auto devices = vault.ReadDevices(stored.username, stored.uid);
        if (!devices) {
          return Fail(devices.error());
        }
        if (!HasDevice(*devices)) {
          return Fail(ErrorCode::kConflict,
                      "this user has no second factor, so there is none to switch off:"
                      " 'twofactorctl renew' gives one");
        }
        // A start after a reboot counts from here.
        if (const auto noted = vault.NoteSeen(stored.since); !noted) {
          return noted;
        }
        return vault.PutBypass(stored);
      },
      [this, wanted, done = std::move(done)](const Result<void>& stored) {
        const auto published =
            stored ? PublishBypass(wanted.stored.username, wanted) : Fail(stored.error());
        if (!published) {
          done(Fail(published.error()));
          return;
        }
        bypasses_.Put(wanted);
        done(wanted.stored);
      });
}

void FactorStore::EndBypass(const AdministrationPermit&, const Username& username,
                            Done<bool> done) {
  writer_.Submit<bool>([username](Vault& vault) { return vault.EndBypass(username); },
                       [this, username, done = std::move(done)](const Result<bool>& ended) {
                         const auto forgotten =
                             ended ? ForgetBypass(username, BypassEnd::kTakenBack) : ended;
                         done(forgotten ? Result<bool>(*ended || *forgotten) : forgotten);
                       });
}

std::optional<StoredBypass> FactorStore::FindBypass(const Account& account) const {
  const ActiveBypass* found = bypasses_.Find(account.name);
  const bool on = found != nullptr && found->stored.uid == account.uid &&
                  IsOn(found->bounds, clock_.Wall(), clock_.Boot());
  return on ? std::optional(found->stored) : std::nullopt;
}

std::vector<StoredBypass> FactorStore::ListBypasses() const {
  std::vector<StoredBypass> listed;
  for (const ActiveBypass& bypass : bypasses_.All()) {
    if (IsOn(bypass.bounds, clock_.Wall(), clock_.Boot())) {
      listed.push_back(bypass.stored);
    }
  }
  return listed;
}

void FactorStore::EndBypassesThatAreOver() {
  for (const ActiveBypass& bypass : bypasses_.All()) {
    // The wall clock may be wrong for a moment; while it says that the time is over, logins ask for
    // a code (IsOn).
    if (clock_.Boot() < bypass.bounds.until_boot) {
      continue;
    }
    const StoredBypass& over = bypass.stored;
    static_cast<void>(ForgetBypass(over.username, BypassEnd::kOver));
    // Not another one, which was given meanwhile.
    writer_.Submit<bool>(
        [over](Vault& vault) { return vault.EndBypass(over.username, over.until); },
        [](const Result<bool>&) {});
  }
}

void FactorStore::OnBypassEnd(std::function<void(const StoredBypass&, BypassEnd)> told) {
  on_bypass_end_ = std::move(told);
}

Result<void> FactorStore::PublishAgain(const PublishedDevice& device) {
  const auto published = publisher_.Publish(device);
  RefreshAskDaemon();
  const ActiveBypass* bypass = bypasses_.Find(device.username);
  if (published && bypass != nullptr && bypass->stored.uid == device.uid) {
    publisher_.SetBypass(device.slot, bypass->bounds);
  }
  return published;
}

Result<void> FactorStore::PublishBypass(const Username& username,
                                        const std::optional<ActiveBypass>& bypass) {
  const auto store = LiveStore();
  const auto devices = store ? (*store)->FindDevices(username) : Fail(store.error());
  if (!devices) {
    return Fail(devices.error());
  }
  for (const DeviceRecord& device : *devices) {
    const bool own = bypass && bypass->stored.uid == device.uid;
    publisher_.SetBypass(device.slot, own ? std::optional(bypass->bounds) : std::nullopt);
  }
  return {};
}

Result<bool> FactorStore::ForgetBypass(const Username& username, BypassEnd end) {
  if (bypasses_.Find(username) == nullptr) {
    return false;
  }
  if (const auto published = PublishBypass(username, std::nullopt); !published) {
    return Fail(published.error());
  }
  const auto forgotten = bypasses_.Take(username);
  if (on_bypass_end_) {
    on_bypass_end_(forgotten->stored, end);
  }
  return true;
}

}  // namespace twofactor
