#include <utility>

#include "helperd/twofactord/factor/factor_store.h"

// From where users logged in before: in the vault, and in each record of the user's.
namespace twofactor {

std::string_view FactorStore::OriginOf(const VerificationPermit& permit, std::string_view origin) {
  return origin.empty() && permit.by_own_uid() ? kOwnUidOrigin : origin;
}

Result<OriginStanding> FactorStore::StandingFor(const Account& account,
                                                const std::vector<DeviceRecord>& devices,
                                                std::string_view origin) const {
  const auto store = LiveStore();
  return store ? Result<OriginStanding>(FindStanding(**store, devices, account.name, origin,
                                                     policy_.throttle, clock_.Wall()))
               : Fail(store.error());
}

void FactorStore::NoteOrigin(const VerificationPermit& permit, std::string_view origin,
                             Done<void> done) {
  const Account& account = permit.target();
  const auto devices = OwnDevices(account);
  const auto standing = devices ? StandingFor(account, *devices, origin) : Fail(devices.error());
  if (!standing) {
    done(Fail(standing.error()));
    return;
  }
  if (devices->empty() || !standing->to_be_noted) {
    done({});
    return;
  }
  const std::uint64_t hash = HashOrigin(publisher_.origin_key(), account.name, origin);
  writer_.Submit<KnownOrigins>(
      [account, hash, today = DayOf(clock_.Wall())](Vault& vault) {
        return vault.NoteOrigin(account.name, account.uid, hash, today);
      },
      [this, account, done = std::move(done)](const Result<KnownOrigins>& known) {
        done(known ? PublishOrigins(account.name, account.uid, *known) : Fail(known.error()));
      });
}

Result<void> FactorStore::PublishOrigins(const Username& username, uid_t uid,
                                         const KnownOrigins& origins) {
  const auto store = LiveStore();
  const auto devices = store ? (*store)->FindDevices(username) : Fail(store.error());
  if (!devices) {
    return Fail(devices.error());
  }
  for (const DeviceRecord& device : *devices) {
    publisher_.SetOrigins(device.slot, device.uid == uid ? origins : KnownOrigins{});
  }
  return {};
}

void FactorStore::ForgetOrigins(const Username& username) {
  // A record that cannot be read is found without a second factor by nobody, nor with an origin.
  static_cast<void>(PublishOrigins(username, 0, {}));
}

}  // namespace twofactor
