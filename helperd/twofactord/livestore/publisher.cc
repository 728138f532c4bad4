#include "helperd/twofactord/livestore/publisher.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "helperd/twofactord/livestore/ledger_maker.h"
#include "helperd/twofactord/livestore/ledger_start.h"

namespace twofactor {
namespace {

// The files grow by this many slots at a time (736 KiB of records).
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

Result<RecordsWriter> MakeRecords(const RunPaths& paths, std::uint64_t store_id,
                                  std::span<const PublishedDevice> devices, std::uint64_t slots,
                                  const SipHashKey& origin_key) {
  auto records = RecordsWriter::Create(paths.Records(), store_id, slots, origin_key);
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
    const std::uint64_t hash = layout::IndexHash(device.username.text());
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
                                       std::string ledger_refused_because,
                                       std::uint64_t highest_slot, const SipHashKey& origin_key)
    : paths_(paths),
      index_(std::move(index)),
      records_(std::move(records)),
      ledger_(std::move(ledger)),
      kept_ledger_(kept_ledger),
      ledger_refused_because_(std::move(ledger_refused_because)),
      highest_slot_(highest_slot),
      origin_key_(origin_key) {}

Result<LiveStorePublisher> LiveStorePublisher::Open(
    const RunPaths& paths, const LoginSettings& settings, std::span<const PublishedDevice> devices,
    std::uint32_t last_generation, const BirthRule& birth_rule, const SipHashKey& origin_key) {
  const std::uint64_t highest = HighestSlot(devices);
  const std::uint64_t slots = RoundUpSlots(highest);
  auto kept = KeepLedger(paths, devices, last_generation, slots);
  if (!kept) {
    return Fail(kept.error());
  }
  const bool kept_ledger = kept->ledger.has_value();
  Result<Ledger> ledger = kept_ledger ? Result<Ledger>(std::move(*kept->ledger))
                                      : MakeNewLedger(paths, settings, devices, slots, birth_rule);
  if (!ledger) {
    return Fail(ledger.error());
  }
  RaisePutBack(*ledger, devices, birth_rule);
  auto records = MakeRecords(paths, ledger->store_id(), devices, slots, origin_key);
  if (!records) {
    return Fail(records.error());
  }
  CatchUp(*ledger, devices, birth_rule);
  ledger->WriteSettings(settings);
  auto index = MakeIndex(paths, ledger->store_id(), devices);
  if (!index) {
    return Fail(index.error());
  }
  LiveStorePublisher publisher(paths, std::move(*index), std::move(*records), std::move(*ledger),
                               kept_ledger, std::move(kept->refused_because), highest, origin_key);
  for (const PublishedDevice& device : devices) {
    publisher.NoteKind(device);
    publisher.used_.Set(device, /*in_vault=*/true);
  }
  // The clock may have been ahead when the epoch began, and have been set right while no daemon
  // ran.
  publisher.BeginAgain(birth_rule, EpochMove::kBack);
  return publisher;
}

Result<void> LiveStorePublisher::Reserve(std::uint64_t new_devices) {
  // The vault hands out the lowest free slots.
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

Result<void> LiveStorePublisher::Publish(const PublishedDevice& device, TimeStep closed) {
  if (const auto reserved = ReserveSlot(device.slot); !reserved) {
    return reserved;
  }
  if (const auto reserved = index_.Reserve(1); !reserved) {
    return reserved;
  }
  highest_slot_ = std::max(highest_slot_, device.slot);
  NoteKind(device);
  used_.Set(device, /*in_vault=*/false);
  records_.Write(device);
  Raise(device, closed);
  records_.WipeOlder(device.slot);
  return index_.Insert(layout::IndexHash(device.username.text()), device.slot);
}

void LiveStorePublisher::SetBypass(std::uint64_t slot, const std::optional<Bypass>& bypass) {
  records_.WriteBypass(slot, bypass);
  records_.WipeOlder(slot);
}

void LiveStorePublisher::SetOrigins(std::uint64_t slot, const KnownOrigins& origins) {
  records_.WriteOrigins(slot, origins);
  records_.WipeOlder(slot);
}

void LiveStorePublisher::NoteKind(const PublishedDevice& device) {
  if (device.kind == DeviceKind::kHotp) {
    hotp_slots_.insert(device.slot);
  } else {
    hotp_slots_.erase(device.slot);
  }
}

layout::UseWord LiveStorePublisher::Close(std::uint64_t slot, std::uint32_t generation) {
  return ledger_.PublishGeneration(slot, generation, kMaxTimeStep);
}

Result<void> LiveStorePublisher::CloseBefore(const PublishedDevice& device, TimeStep closed) {
  const auto reserved = ReserveSlot(device.slot);
  if (reserved) {
    Raise(device, closed);
  }
  return reserved;
}

void LiveStorePublisher::Raise(const PublishedDevice& device, TimeStep closed) {
  const bool by_the_clock = closed > device.first_step;
  ledger_.PublishGeneration(device.slot, device.generation, std::max(device.first_step, closed),
                            by_the_clock);
}

TimeStep LiveStorePublisher::Withdraw(const Username& username, std::uint64_t slot,
                                      std::uint32_t generation) {
  index_.Remove(layout::IndexHash(username.text()), slot);
  const TimeStep unused = used_.FirstUnused(slot, Close(slot, generation));
  hotp_slots_.erase(slot);
  used_.Forget(slot);
  records_.Wipe(slot);
  return unused;
}

}  // namespace twofactor
