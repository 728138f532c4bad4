#ifndef TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_PUBLISHER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_PUBLISHER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/livestore/ledger.h"
#include "common/livestore/settings.h"
#include "helperd/twofactord/livestore/index_writer.h"
#include "helperd/twofactord/livestore/ledger_start.h"
#include "helperd/twofactord/livestore/records_writer.h"
#include "helperd/twofactord/livestore/used_steps.h"

namespace twofactor {

// Keeps the live store equal to the vault. The index and the records are made anew at each start,
// from the vault; the ledger is the only file that holds something of its own, so it is kept if it
// is there and whole, and made with the birth rule otherwise.
//
// docs/live-store.md has the order of the steps and why a kill between any two of them does no
// harm. Not synchronised: the event loop's.
class LiveStorePublisher {
 public:
  // Publishes `devices`, all that the vault has; `last_generation` is the last that it handed out.
  // A ledger that knows later generations is another vault's (this one is new, or from a backup)
  // and is made anew: kept, it would refuse this vault's codes. Fails with kUnavailable, naming the
  // step; the ledger that was there is still there then, unless it had to go.
  // `origin_key` is that of the hashes of known origins.
  static Result<LiveStorePublisher> Open(const RunPaths& paths, const LoginSettings& settings,
                                         std::span<const PublishedDevice> devices,
                                         std::uint32_t last_generation, const BirthRule& birth_rule,
                                         const SipHashKey& origin_key = {});

  // Was the ledger of an earlier start kept?
  bool kept_ledger() const { return kept_ledger_; }
  // Why the ledger that was there could not be, for the log; empty where none was there.
  const std::string& ledger_refused_because() const { return ledger_refused_because_; }
  const Ledger& ledger() const { return ledger_; }
  Ledger& ledger() { return ledger_; }
  // How many users have a device.
  std::uint64_t users() const { return index_.names(); }

  // Has anybody a device whose codes only the daemon can verify?
  bool HasHotp() const { return !hotp_slots_.empty(); }

  // Publishes a device whose commit is on disk. When it returns, the codes of what was in the slot
  // before are dead, and so are the new secret's for steps before its first one. A device whose
  // generation is there already changes its clock skew and its bypass alone. `closed`: steps before
  // it are dead too for this epoch, as when a ledger is made; codes of a secret that comes back may
  // have been used up to now. Fails with kUnavailable where there is no room; the old record is
  // still there then.
  Result<void> Publish(const PublishedDevice& device, TimeStep closed = 0);
  // Makes room for `new_devices` more than there are, so that Publish cannot fail for want of it.
  // Called before the commit.
  Result<void> Reserve(std::uint64_t new_devices);
  // Makes the codes of a device dead, and leaves the device: its user is refused, and not let in as
  // one who has none. `generation` is newer than the device's. Gives where its use stood.
  layout::UseWord Close(std::uint64_t slot, std::uint32_t generation);
  // For a device that is published next and whose secret may be that of the slot's record: its
  // steps before the first one are dead before a login can read it. Publish alone leaves a moment
  // in which they are not, and a daemon that is killed there leaves it so; one that is killed here
  // has the user wait for its next start. Fails as Publish.
  Result<void> CloseBefore(const PublishedDevice& device, TimeStep closed = 0);
  // Takes a device out. `generation` is newer than the device's. When it returns, its codes are
  // dead and the user is without this device. Gives the first step of it of which no use is known.
  TimeStep Withdraw(const Username& username, std::uint64_t slot, std::uint32_t generation);
  // Says in the device's record until when its user is let in without a code, or that it is not.
  // When it returns, logins know. `slot` is one that was published.
  void SetBypass(std::uint64_t slot, const std::optional<Bypass>& bypass);
  // Says in the device's record from where its user logged in before.
  void SetOrigins(std::uint64_t slot, const KnownOrigins& origins);
  const SipHashKey& origin_key() const { return origin_key_; }
  void WriteSettings(const LoginSettings& settings) { ledger_.WriteSettings(settings); }
  // Of one budget, and of both.
  void ClearFailures(std::uint64_t slot, Budget budget) { ledger_.ClearFailures(slot, budget); }
  void ClearFailures(std::uint64_t slot) { ledger_.ClearFailures(slot); }

  // What was used of each device, for the vault.
  std::vector<UsedBefore> LookForNewUses() { return used_.LookForNew(ledger_); }
  void SetNoted(std::span<const UsedBefore> noted) { used_.SetNoted(noted); }
  // Begins the epoch again: each device of which no step was consumed in it waits for what it would
  // wait for in a ledger that is made now. The others are as they are.
  void BeginAgain(const BirthRule& rule, EpochMove move) { used_.BeginAgain(ledger_, rule, move); }
  std::vector<DeviceAhead> FindAhead(const BirthRule& rule) const {
    return used_.FindAhead(ledger_, rule);
  }
  // Accepts codes of the present again, and so codes of later that were used once.
  void Reopen(const DeviceAhead& device) { used_.Reopen(ledger_, device); }

 private:
  LiveStorePublisher(const RunPaths& paths, IndexWriter index, RecordsWriter records, Ledger ledger,
                     bool kept_ledger, std::string ledger_refused_because,
                     std::uint64_t highest_slot, const SipHashKey& origin_key);

  Result<void> ReserveSlot(std::uint64_t slot);
  void Raise(const PublishedDevice& device, TimeStep closed);
  void NoteKind(const PublishedDevice& device);

  RunPaths paths_;
  IndexWriter index_;
  RecordsWriter records_;
  Ledger ledger_;
  bool kept_ledger_;
  std::string ledger_refused_because_;
  std::uint64_t highest_slot_;  // That had a device since the start.
  std::set<std::uint64_t> hotp_slots_;
  SipHashKey origin_key_;
  UsedSteps used_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_PUBLISHER_H_
