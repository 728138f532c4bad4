#include "helperd/twofactord/livestore/ledger_start.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <vector>

#include "common/livestore/store_file.h"
#include "helperd/twofactord/livestore/ledger_maker.h"
#include "helperd/twofactord/livestore/ledger_upgrade.h"

namespace twofactor {
namespace {

Result<std::uint64_t> NewStoreId() {
  std::uint64_t id = 0;
  if (getrandom(&id, sizeof id, 0) != static_cast<ssize_t>(sizeof id)) {
    return Fail(ErrorCode::kInternal, "get random bytes for the live store");
  }
  return id;
}

// Returns whether the ledger belongs to this vault, and not to one that this vault replaced in a
// restore.
bool IsOfVault(const Ledger& ledger, std::span<const PublishedDevice> devices,
               std::uint32_t last_generation) {
  for (std::uint64_t slot = 0; slot < ledger.slots(); ++slot) {
    if (IsNewerGeneration(ledger.ReadUse(slot).generation, last_generation)) {
      return false;
    }
  }
  return std::none_of(devices.begin(), devices.end(), [&ledger](const PublishedDevice& device) {
    return device.slot < ledger.slots() &&
           IsNewerGeneration(ledger.ReadUse(device.slot).generation, device.generation);
  });
}

// Returns the first step of a device in a new epoch: what the vault knows to be used may lie after
// the clock.
TimeStep FirstStepOf(const PublishedDevice& device, const BirthRule& rule, WallTime birth) {
  return std::max(device.first_step,
                  FirstUnusedStep(rule, birth, device.parameters.interval, device.skew));
}

}  // namespace

TimeStep FirstUnusedStep(const BirthRule& rule, WallTime birth, std::chrono::seconds interval,
                         int skew) {
  const auto first = std::int64_t{rule.FirstStep(birth, interval)} + skew;
  return static_cast<TimeStep>(std::clamp<std::int64_t>(first, 0, kMaxTimeStep));
}

Result<KeptLedger> KeepLedger(const RunPaths& paths, std::span<const PublishedDevice> devices,
                              std::uint32_t last_generation, std::uint64_t slots) {
  const auto owner = OwnerOfDirectory(paths.directory());
  if (!owner) {
    return Fail(owner.error());
  }
  auto ledger = Ledger::Open(paths.Ledger(), *owner);
  if (!ledger && ledger.error().code() == ErrorCode::kUnknownVersion &&
      UpgradeLedger(paths, *owner)) {
    ledger = Ledger::Open(paths.Ledger(), *owner);
  }
  if (!ledger) {
    const bool absent = ledger.error().code() == ErrorCode::kUnavailable;
    return KeptLedger{std::nullopt, absent ? "" : ledger.error().message()};
  }
  if (!ledger->ReadSettings()) {
    return KeptLedger{std::nullopt, "its settings are damaged"};
  }
  if (!IsOfVault(*ledger, devices, last_generation)) {
    return KeptLedger{std::nullopt, "it belongs to another vault"};
  }
  if (ledger->slots() < slots) {
    if (const auto grown = GrowLedger(paths.Ledger(), slots); !grown) {
      return Fail(grown.error());
    }
    ledger = Ledger::Open(paths.Ledger(), *owner);
    if (!ledger) {
      return Fail(ledger.error());
    }
  }
  return KeptLedger{std::move(*ledger)};
}

Result<Ledger> MakeNewLedger(const RunPaths& paths, const LoginSettings& settings,
                             std::span<const PublishedDevice> devices, std::uint64_t slots,
                             const BirthRule& rule) {
  // The name goes first, then the clock is read: see Ledger::Consume.
  if (unlink(paths.Ledger().c_str()) != 0 && errno != ENOENT) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "remove " + paths.Ledger(), errno));
  }
  // Every CPU sees that the name is gone before the clock is read.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const WallTime birth = rule.Birth();
  const auto store_id = NewStoreId();
  if (!store_id) {
    return Fail(store_id.error());
  }
  std::vector<InitialUse> uses;
  uses.reserve(devices.size());
  for (const PublishedDevice& device : devices) {
    const TimeStep first = FirstStepOf(device, rule, birth);
    uses.push_back({device.slot, {device.generation, first, /*from_birth=*/true}});
  }
  const auto made = MakeLedger(paths.Ledger(), *store_id, birth, settings, slots, uses);
  if (!made) {
    return Fail(made.error());
  }
  return Ledger::Open(paths.Ledger(), geteuid());
}

namespace {

// Raises the word to a device whose commit was on disk when the daemon was killed, and which nobody
// could use yet.
void RaiseToCommit(Ledger& ledger, const PublishedDevice& device, const BirthRule& rule,
                   WallTime now) {
  const bool has_past = device.first_step > 0;
  const TimeStep first = has_past ? FirstStepOf(device, rule, now) : 0;
  ledger.PublishGeneration(device.slot, device.generation, first, has_past);
}

}  // namespace

void RaisePutBack(Ledger& ledger, std::span<const PublishedDevice> devices, const BirthRule& rule) {
  const WallTime now = rule.Birth();
  for (const PublishedDevice& device : devices) {
    if (device.first_step > 0) {
      RaiseToCommit(ledger, device, rule, now);
    }
  }
}

void CatchUp(Ledger& ledger, std::span<const PublishedDevice> devices, const BirthRule& rule) {
  const WallTime now = rule.Birth();
  std::vector<bool> in_use(ledger.slots());
  for (const PublishedDevice& device : devices) {
    RaiseToCommit(ledger, device, rule, now);
    in_use[device.slot] = true;
  }
  for (std::uint64_t slot = 0; slot < ledger.slots(); ++slot) {
    if (!in_use[slot]) {
      // A login in progress may still hold the record of a device whose removal was committed.
      ledger.Retire(slot);
    }
  }
}

}  // namespace twofactor
