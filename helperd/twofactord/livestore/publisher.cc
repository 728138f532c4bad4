#include "helperd/twofactord/livestore/publisher.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "common/livestore/store_file.h"
#include "helperd/twofactord/livestore/ledger_maker.h"

namespace twofactor {
namespace {

// The files grow by this many slots at a time (448 KiB of records).
constexpr std::uint64_t kSlotsAtATime = 1024;

std::uint64_t RoundUpSlots(std::uint64_t slots) {
  return (slots / kSlotsAtATime + 1) * kSlotsAtATime;
}

std::uint64_t HighestSlot(std::span<const PublishedDevice> devices) {
  std::uint64_t highest = 0;
  for (const PublishedDevice& device : devices) {
    highest = std::max(highest, device.slot);
  }
  return highest;
}

Result<std::uint64_t> NewStoreId() {
  std::uint64_t id = 0;
  if (getrandom(&id, sizeof id, 0) != static_cast<ssize_t>(sizeof id)) {
    return Fail(ErrorCode::kInternal, "get random bytes for the live store");
  }
  return id;
}

// Is it the ledger of this very vault, and not of one that this vault was restored in place of?
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

// The ledger of an earlier start, with room for `slots`; none where there is none that is whole and
// of this vault. Fails with kUnavailable where it cannot be made longer.
Result<std::optional<Ledger>> KeepLedger(const RunPaths& paths,
                                         std::span<const PublishedDevice> devices,
                                         std::uint32_t last_generation, std::uint64_t slots) {
  const auto owner = OwnerOfDirectory(paths.directory());
  if (!owner) {
    return Fail(owner.error());
  }
  auto ledger = Ledger::Open(paths.Ledger(), *owner);
  if (!ledger || !ledger->ReadSettings() || !IsOfVault(*ledger, devices, last_generation)) {
    return std::nullopt;
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
  return std::move(*ledger);
}

// Raises a kept ledger to what the vault has committed since it was last published.
void CatchUp(Ledger& ledger, std::span<const PublishedDevice> devices) {
  std::vector<bool> in_use(ledger.slots());
  for (const PublishedDevice& device : devices) {
    // A device whose commit was on disk when the daemon was killed, and which nobody could use yet.
    ledger.PublishGeneration(device.slot, device.generation, 0);
    in_use[device.slot] = true;
  }
  for (std::uint64_t slot = 0; slot < ledger.slots(); ++slot) {
    if (!in_use[slot]) {
      // A login under way may still hold the record of a device whose removal was committed.
      ledger.Retire(slot);
    }
  }
}

Result<Ledger> MakeNewLedger(const RunPaths& paths, const LoginSettings& settings,
                             std::span<const PublishedDevice> devices, std::uint64_t slots,
                             const BirthRule& rule) {
  // First the name goes, then the clock is read: see Ledger::Consume.
  if (unlink(paths.Ledger().c_str()) != 0 && errno != ENOENT) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "remove " + paths.Ledger(), errno));
  }
  const WallTime birth = rule.Birth();
  const auto store_id = NewStoreId();
  if (!store_id) {
    return Fail(store_id.error());
  }
  std::vector<InitialUse> uses;
  uses.reserve(devices.size());
  for (const PublishedDevice& device : devices) {
    const TimeStep first = rule.FirstStep(birth, device.parameters.interval);
    uses.push_back({device.slot, {device.generation, first, /*from_birth=*/true}});
  }
  const auto made = MakeLedger(paths.Ledger(), *store_id, birth, settings, slots, uses);
  if (!made) {
    return Fail(made.error());
  }
  return Ledger::Open(paths.Ledger(), geteuid());
}

Result<RecordsWriter> MakeRecords(const RunPaths& paths, std::uint64_t store_id,
                                  std::span<const PublishedDevice> devices, std::uint64_t slots) {
  auto records = RecordsWriter::Create(paths.Records(), store_id, slots);
  if (!records) {
    return records;
  }
  for (const PublishedDevice& device : devices) {
    records->Write(device);
  }
  if (const auto published = records->Publish(); !published) {
    return Fail(published.error());
  }
  return records;
}

Result<IndexWriter> MakeIndex(const RunPaths& paths, std::uint64_t store_id,
                              std::span<const PublishedDevice> devices) {
  auto index = IndexWriter::Create(paths.Index(), store_id, devices.size());
  if (!index) {
    return index;
  }
  for (const PublishedDevice& device : devices) {
    const std::uint64_t hash = layout::IndexHash(device.username.text(), device.device);
    if (const auto inserted = index->Insert(hash, device.slot); !inserted) {
      return Fail(inserted.error());
    }
  }
  if (const auto published = index->Publish(); !published) {
    return Fail(published.error());
  }
  return index;
}

}  // namespace

LiveStorePublisher::LiveStorePublisher(const RunPaths& paths, IndexWriter index,
                                       RecordsWriter records, Ledger ledger, bool kept_ledger,
                                       std::uint64_t highest_slot)
    : paths_(paths),
      index_(std::move(index)),
      records_(std::move(records)),
      ledger_(std::move(ledger)),
      kept_ledger_(kept_ledger),
      highest_slot_(highest_slot) {}

Result<LiveStorePublisher> LiveStorePublisher::Open(const RunPaths& paths,
                                                    const LoginSettings& settings,
                                                    std::span<const PublishedDevice> devices,
                                                    std::uint32_t last_generation,
                                                    const BirthRule& birth_rule) {
  const std::uint64_t highest = HighestSlot(devices);
  const std::uint64_t slots = RoundUpSlots(highest);
  auto kept = KeepLedger(paths, devices, last_generation, slots);
  if (!kept) {
    return Fail(kept.error());
  }
  const bool kept_ledger = kept->has_value();
  Result<Ledger> ledger = kept_ledger ? Result<Ledger>(std::move(**kept))
                                      : MakeNewLedger(paths, settings, devices, slots, birth_rule);
  if (!ledger) {
    return Fail(ledger.error());
  }
  auto records = MakeRecords(paths, ledger->store_id(), devices, slots);
  if (!records) {
    return Fail(records.error());
  }
  CatchUp(*ledger, devices);
  ledger->WriteSettings(settings);
  auto index = MakeIndex(paths, ledger->store_id(), devices);
  if (!index) {
    return Fail(index.error());
  }
  return LiveStorePublisher(paths, std::move(*index), std::move(*records), std::move(*ledger),
                            kept_ledger, highest);
}

Result<void> LiveStorePublisher::Reserve(std::uint64_t new_devices) {
  // The vault hands out the lowest slots that are free.
  const auto reserved = ReserveSlot(highest_slot_ + new_devices);
  return reserved ? index_.Reserve(new_devices) : reserved;
}

Result<void> LiveStorePublisher::ReserveSlot(std::uint64_t slot) {
  const std::uint64_t slots = RoundUpSlots(slot);
  if (slot >= ledger_.slots()) {
    if (const auto grown = GrowLedger(paths_.Ledger(), slots); !grown) {
      return grown;
    }
    auto longer = Ledger::Open(paths_.Ledger(), geteuid());
    if (!longer) {
      return Fail(longer.error());
    }
    ledger_ = std::move(*longer);
  }
  return slot < records_.slots() ? Result<void>() : records_.GrowTo(slots);
}

Result<void> LiveStorePublisher::Publish(const PublishedDevice& device, TimeStep first) {
  if (const auto reserved = ReserveSlot(device.slot); !reserved) {
    return reserved;
  }
  if (const auto reserved = index_.Reserve(1); !reserved) {
    return reserved;
  }
  highest_slot_ = std::max(highest_slot_, device.slot);
  records_.Write(device);
  ledger_.PublishGeneration(device.slot, device.generation, first);
  records_.WipeOlder(device.slot);
  return index_.Insert(layout::IndexHash(device.username.text(), device.device), device.slot);
}

void LiveStorePublisher::Withdraw(const Username& username, std::uint32_t device,
                                  std::uint64_t slot, std::uint32_t generation) {
  index_.Remove(layout::IndexHash(username.text(), device), slot);
  ledger_.PublishGeneration(slot, generation, kMaxTimeStep);
  records_.Wipe(slot);
}

}  // namespace twofactor
