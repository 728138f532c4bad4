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

// Keeps the live store equal to the vault. The index and the records are made again from the vault
// at each start. The ledger has information that is nowhere else, so it is kept if it is there and
// whole, and otherwise made by the epoch rule.
//
// docs/live-store.md has the order of the steps, and why a kill between any two of them does no
// harm. Not thread-safe: belongs to the event loop.
class LiveStorePublisher {
 public:
  // Publishes `devices`, all devices of the vault; `last_generation` is the last that the vault
  // handed out. A ledger with later generations belongs to another vault (this one is new, or from
  // a backup) and is made again, because it would refuse this vault's codes. `origin_key` is the
  // key of the known origins' hashes. Fails with kUnavailable, naming the step; the old ledger
  // still exists then, unless it had to go.
  static Result<LiveStorePublisher> Open(const RunPaths& paths, const LoginSettings& settings,
                                         std::span<const PublishedDevice> devices,
                                         std::uint32_t last_generation, const BirthRule& birth_rule,
                                         const SipHashKey& origin_key = {});

  // Returns whether the ledger of an earlier start was kept.
  bool kept_ledger() const { return kept_ledger_; }
  // Returns why the existing ledger could not be kept, for the log; empty if there was none.
  const std::string& ledger_refused_because() const { return ledger_refused_because_; }
  const Ledger& ledger() const { return ledger_; }
  Ledger& ledger() { return ledger_; }
  // Returns the number of users with a device.
  std::uint64_t users() const { return index_.names(); }

  // Returns whether anybody has a device whose codes only the daemon can verify.
  bool HasHotp() const { return !hotp_slots_.empty(); }

  // Publishes a device whose commit is on disk. When it returns, the codes of the slot's previous
  // device are refused, and so are the new secret's for steps before its first one. If the device's
  // generation is already there, only its clock skew and its bypass change. `closed`: earlier steps
  // are also refused in this epoch, as in a new ledger, because codes of a secret that is brought
  // back may have been used up to now. Fails with kUnavailable if there is no room; the old record
  // is still there then.
  Result<void> Publish(const PublishedDevice& device, TimeStep closed = 0);
  // Makes room for `new_devices` more devices, so that Publish cannot fail for lack of it. Call it
  // before the commit.
  Result<void> Reserve(std::uint64_t new_devices);
  // Closes a device, and keeps it: its codes are refused, and its user does not count as one
  // without a second factor. `generation` is newer than the device's. Returns the previous word of
  // use.
  layout::UseWord Close(std::uint64_t slot, std::uint32_t generation);
  // Closes the steps before the first one of a device that is published next and whose secret may
  // be that of the slot's record, before a login can read it. Publish alone leaves a moment in
  // which they are accepted, and a daemon that is killed there leaves it so. After a kill here, the
  // user waits for the next start. Fails like Publish.
  Result<void> CloseBefore(const PublishedDevice& device, TimeStep closed = 0);
  // Removes a device. `generation` is newer than the device's. When it returns, its codes are
  // refused and the user is without this device. Returns its first step without a known use.
  TimeStep Withdraw(const Username& username, std::uint64_t slot, std::uint32_t generation);
  // Sets or clears the end of its user's bypass in the device's record. When it returns, logins see
  // it. `slot` is one that was published.
  void SetBypass(std::uint64_t slot, const std::optional<Bypass>& bypass);
  // Sets the user's known origins in the device's record.
  void SetOrigins(std::uint64_t slot, const KnownOrigins& origins);
  const SipHashKey& origin_key() const { return origin_key_; }
  void WriteSettings(const LoginSettings& settings) { ledger_.WriteSettings(settings); }
  // Clear one budget, and both.
  void ClearFailures(std::uint64_t slot, Budget budget) { ledger_.ClearFailures(slot, budget); }
  void ClearFailures(std::uint64_t slot) { ledger_.ClearFailures(slot); }

  // Returns what was used of each device, for the vault.
  std::vector<UsedBefore> LookForNewUses() { return used_.LookForNew(ledger_); }
  void SetNoted(std::span<const UsedBefore> noted) { used_.SetNoted(noted); }
  // Begins the epoch again: each device of which no step was consumed in it waits as in a ledger
  // that is made now. The others do not change.
  void BeginAgain(const BirthRule& rule, EpochMove move) { used_.BeginAgain(ledger_, rule, move); }
  std::vector<DeviceAhead> FindAhead(const BirthRule& rule) const {
    return used_.FindAhead(ledger_, rule);
  }
  // Accepts present codes again, and so later codes that were used once.
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
  std::uint64_t highest_slot_;  // With a device since the start.
  std::set<std::uint64_t> hotp_slots_;
  SipHashKey origin_key_;
  UsedSteps used_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_PUBLISHER_H_
