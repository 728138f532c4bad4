#include "common/livestore/reader.h"

#include <algorithm>
#include <bit>
#include <string_view>

#include "common/livestore/store_file.h"
#include "common/livestore/tries.h"

namespace twofactor {
namespace {

// How often to repeat a read that met a change in progress. The daemon changes a record in less
// than a microsecond.
constexpr int kMaxReads = 16;
constexpr std::uint64_t kProbeEntries = 16;
// More than a user can have. Beyond it the index is damaged, and reading on is pointless.
constexpr std::size_t kMaxSlotsOfAUser = 64;

bool FieldsAreSane(const layout::RecordCopy& copy) {
  const bool has_secret = copy.kind == static_cast<std::uint8_t>(DeviceKind::kTotp);
  return (copy.secret_bytes >= 1) == has_secret && copy.secret_bytes <= copy.secret.size() &&
         copy.name_bytes >= 1 && copy.name_bytes <= copy.name.size() && copy.skew >= -kMaxSkew &&
         copy.skew <= kMaxSkew;
}

const layout::RecordCopy* NewestValid(const layout::RecordSlot& bytes, std::uint64_t slot) {
  const layout::RecordCopy* newest = nullptr;
  for (const layout::RecordCopy& copy : bytes.copies) {
    const bool valid = copy.checksum == layout::ChecksumOf(copy, slot) && FieldsAreSane(copy);
    if (valid && (newest == nullptr || copy.sequence > newest->sequence)) {
      newest = &copy;
    }
  }
  return newest;
}

std::string_view NameOf(const layout::RecordCopy& copy) {
  const void* start = copy.name.data();
  return {static_cast<const char*>(start), copy.name_bytes};
}

std::optional<Bypass> BypassOf(const layout::RecordCopy& copy) {
  if (copy.bypass_until == 0) {
    return std::nullopt;
  }
  return Bypass{WallTime(std::chrono::seconds(copy.bypass_until)),
                BootTime(std::chrono::seconds(copy.bypass_until_boot))};
}

// Returns the record of a valid copy; none if it is another user's.
Result<std::optional<DeviceRecord>> RecordFrom(const layout::RecordCopy& copy, std::uint64_t slot,
                                               const Username& username) {
  if (NameOf(copy) != username.text()) {
    return std::nullopt;
  }
  const auto kind = DeviceKindFromStored(copy.kind);
  const auto algorithm = AlgorithmFromStored(copy.algorithm);
  const OtpParameters parameters{algorithm.value_or(OtpAlgorithm::kSha1), copy.digits,
                                 std::chrono::seconds(copy.interval)};
  if (!kind || !algorithm || !parameters.Valid()) {
    return Fail(ErrorCode::kUnknownVersion, "a record of the live store has unknown parameters");
  }
  return DeviceRecord{
      slot,           copy.device,
      *kind,          copy.generation,
      copy.uid,       parameters,
      copy.skew,      SecretBytes::CopyOf(std::span(copy.secret).first(copy.secret_bytes)),
      BypassOf(copy), copy.origins};
}

// Like a user's own record, but with a secret of zeros.
void MakeNobodys(layout::RecordCopy& copy, const Username& username) {
  copy = {};
  const OtpParameters usual;
  copy.interval = static_cast<std::uint32_t>(usual.interval.count());
  copy.digits = static_cast<std::uint8_t>(usual.digits);
  copy.algorithm = static_cast<std::uint8_t>(usual.algorithm);
  copy.kind = static_cast<std::uint8_t>(DeviceKind::kTotp);
  copy.secret_bytes = kNewSecretBytes;
  const std::string_view name = username.text();
  copy.name_bytes = static_cast<std::uint8_t>(std::min(name.size(), copy.name.size()));
  std::copy_n(name.begin(), copy.name_bytes, copy.name.begin());
}

std::span<std::uint8_t> BytesOfEntries(std::span<layout::IndexEntry> entries) {
  void* start = entries.data();
  return {static_cast<std::uint8_t*>(start), entries.size_bytes()};
}

Result<std::uint64_t> CheckIndex(int fd, std::uint64_t store_id) {
  layout::IndexHeader header{};
  if (const auto read = ReadHeader(fd, header); !read) {
    return Fail(read.error());
  }
  const auto checked =
      CheckFileHeader(header.file, {layout::kIndexMagic, layout::kIndexVersion, sizeof header},
                      layout::ChecksumOf(header));
  if (!checked) {
    return Fail(checked.error());
  }
  const auto size = SizeOf(fd);
  if (!size) {
    return Fail(size.error());
  }
  if (!std::has_single_bit(header.capacity) || header.capacity > 4 * layout::kMaxSlots ||
      *size != sizeof header + header.capacity * sizeof(layout::IndexEntry)) {
    return Fail(ErrorCode::kCorrupt, "the index has an impossible size");
  }
  if (header.file.store_id != store_id) {
    return Fail(ErrorCode::kUnavailable, "the index and the ledger belong to different stores");
  }
  return header.capacity;
}

// Reads the entries as they were at one moment. The loads of one read may be performed in any
// order, so a read might see a device's old entry removed and its new one not there yet. Entries
// never return to an earlier state, so if two reads agree, they are right for the moment between
// them.
Result<void> ReadEntries(int fd, std::uint64_t offset, std::span<layout::IndexEntry> entries) {
  std::array<layout::IndexEntry, kProbeEntries> again{};
  const auto bytes = BytesOfEntries(entries);
  const auto bytes_again = BytesOfEntries(std::span(again).first(entries.size()));
  if (const auto read = ReadFully(fd, offset, bytes); !read) {
    return read;
  }
  for (int i = 0; i < kMaxReads; ++i) {
    if (const auto read = ReadFully(fd, offset, bytes_again); !read) {
      return read;
    }
    if (std::equal(bytes.begin(), bytes.end(), bytes_again.begin())) {
      return {};
    }
    std::copy(bytes_again.begin(), bytes_again.end(), bytes.begin());
  }
  return Fail(ErrorCode::kCorrupt, "the index keeps changing");
}

Result<SipHashKey> CheckRecords(int fd, std::uint64_t store_id) {
  layout::RecordsHeader header{};
  if (const auto read = ReadHeader(fd, header); !read) {
    return Fail(read.error());
  }
  const auto checked =
      CheckFileHeader(header.file, {layout::kRecordsMagic, layout::kRecordsVersion, sizeof header},
                      layout::ChecksumOf(header));
  if (!checked) {
    return Fail(checked.error());
  }
  if (header.slot_bytes != sizeof(layout::RecordSlot)) {
    return Fail(ErrorCode::kUnknownVersion, "the records have an unknown size");
  }
  if (header.file.store_id != store_id) {
    return Fail(ErrorCode::kUnavailable, "the records and the ledger belong to different stores");
  }
  return header.origin_key;
}

}  // namespace

Result<std::optional<DeviceRecord>> DecodeRecord(const layout::RecordSlot& bytes,
                                                 std::uint64_t slot, const Username& username) {
  const layout::RecordCopy* copy = NewestValid(bytes, slot);
  return copy != nullptr ? RecordFrom(*copy, slot, username)
                         : Fail(ErrorCode::kCorrupt, "a record of the live store is damaged");
}

Result<LiveStoreReader> LiveStoreReader::Open(const RunPaths& paths, LedgerExtent extent,
                                              StoreAccess access) {
  auto reader = OpenOnce(paths, extent, access);
  // A daemon that makes the store again renames one file after the other.
  for (int i = 1; i < kMaxReads && !reader && reader.error().code() == ErrorCode::kUnavailable;
       ++i) {
    reader = OpenOnce(paths, extent, access);
  }
  return reader;
}

Result<LiveStoreReader> LiveStoreReader::OpenOnce(const RunPaths& paths, LedgerExtent extent,
                                                  StoreAccess access) {
  const auto owner = OwnerOfDirectory(paths.directory());
  if (!owner) {
    return Fail(owner.error());
  }
  auto index = OpenStoreFile(paths.Index(), StoreAccess::kRead, *owner);
  if (!index) {
    return Fail(index.error());
  }
  auto records = OpenStoreFile(paths.Records(), StoreAccess::kRead, *owner);
  if (!records) {
    return Fail(records.error());
  }
  // Opened last, so that it is at least as long as every slot in the index.
  auto ledger = Ledger::Open(paths.Ledger(), *owner, extent, access);
  if (!ledger) {
    return Fail(ledger.error());
  }
  const auto capacity = CheckIndex(index->get(), ledger->store_id());
  if (!capacity) {
    return Fail(capacity.error());
  }
  const auto origin_key = CheckRecords(records->get(), ledger->store_id());
  if (!origin_key) {
    return Fail(origin_key.error());
  }
  return LiveStoreReader(std::move(*index), std::move(*records), std::move(*ledger), *capacity,
                         *origin_key);
}

bool LiveStoreReader::IsCurrent() const {
  return HasName(index_.get()) && HasName(records_.get()) && ledger_.StillInUse();
}

Result<std::vector<DeviceRecord>> LiveStoreReader::FindDevices(const Username& username) {
  auto found = FindRecords(username);
  if (found) {
    std::erase_if(*found, [](const DeviceRecord& device) { return device.stand_in; });
  }
  return found;
}

Result<std::vector<DeviceRecord>> LiveStoreReader::FindTargets(const Username& username,
                                                               uid_t uid) {
  auto found = FindRecords(username);
  if (!found) {
    return found;
  }
  std::erase_if(
      *found, [uid](const DeviceRecord& device) { return device.uid != uid && !device.stand_in; });
  const bool any = std::any_of(found->begin(), found->end(), [](const DeviceRecord& device) {
    return device.kind == DeviceKind::kTotp;
  });
  if (!any && ledger_.slots() > 0) {
    auto record = ReadNobodysRecord(StandInSlot(ledger_, username), username);
    if (!record) {
      return Fail(record.error());
    }
    found->push_back(std::move(**record));
  }
  return found;
}

Result<std::vector<DeviceRecord>> LiveStoreReader::FindRecords(const Username& username) {
  auto found = ReadRecords(username);
  for (int i = 1; i < kMaxReads && !found && found.error().code() == ErrorCode::kCorrupt; ++i) {
    found = ReadRecords(username);
  }
  return found;
}

Result<std::vector<DeviceRecord>> LiveStoreReader::ReadRecords(const Username& username) {
  auto slots = FindSlots(username);
  if (!slots) {
    return Fail(slots.error());
  }
  // A user without a device takes the same path, so that the time does not reveal it.
  const bool nobody = slots->empty();
  if (nobody && ledger_.slots() > 0) {
    slots->push_back(StandInSlot(ledger_, username));
  }
  std::vector<DeviceRecord> devices;
  for (const std::uint64_t slot : *slots) {
    auto record = nobody ? ReadNobodysRecord(slot, username) : ReadRecord(slot, username);
    if (!record) {
      return Fail(record.error());
    }
    if (*record) {
      devices.push_back(std::move(**record));
    }
  }
  // If the search found only another's records, that is not a positive answer: a slot was given to
  // another user meanwhile (another search tells), or the index is damaged.
  if (devices.empty() && !slots->empty()) {
    return Fail(ErrorCode::kCorrupt, "the index refers to another user's record");
  }
  std::sort(devices.begin(), devices.end(),
            [](const DeviceRecord& a, const DeviceRecord& b) { return a.device < b.device; });
  return devices;
}

Result<std::vector<std::uint64_t>> LiveStoreReader::FindSlots(const Username& username) const {
  const std::uint64_t hash = layout::IndexHash(username.text());
  std::array<layout::IndexEntry, kProbeEntries> chunk{};
  std::vector<std::uint64_t> slots;
  std::uint64_t position = hash & (capacity_ - 1);
  for (std::uint64_t looked = 0; looked < capacity_;) {
    const std::uint64_t count = std::min(kProbeEntries, capacity_ - position);
    const std::uint64_t offset =
        sizeof(layout::IndexHeader) + position * sizeof(layout::IndexEntry);
    if (const auto read = ReadEntries(index_.get(), offset, std::span(chunk).first(count)); !read) {
      return Fail(read.error());
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      if (chunk[i].hash == layout::kEmptyHash) {
        return slots;
      }
      if (chunk[i].hash == hash && slots.size() < kMaxSlotsOfAUser) {
        slots.push_back(chunk[i].slot);
      }
    }
    looked += count;
    position = (position + count) & (capacity_ - 1);
  }
  return Fail(ErrorCode::kCorrupt, "the index is full");
}

// Must not read another user's record. Reads from the ledger instead, which contains no secret and
// is in the CPU cache as rarely as a record.
Result<std::optional<DeviceRecord>> LiveStoreReader::ReadNobodysRecord(std::uint64_t slot,
                                                                       const Username& username) {
  if (const auto reached = ledger_.Reach(slot); !reached) {
    return Fail(reached.error());
  }
  layout::RecordSlot bytes{};
  ledger_.ReadAbout(slot, layout::MutableBytesOf(bytes));
  static_cast<void>(NewestValid(bytes, slot));
  MakeNobodys(bytes.copies[0], username);
  auto record = RecordFrom(bytes.copies[0], slot, username);
  if (record && *record) {
    (*record)->stand_in = true;
  }
  WipeMemory(&bytes, sizeof bytes);
  return record;
}

Result<std::optional<DeviceRecord>> LiveStoreReader::ReadRecord(std::uint64_t slot,
                                                                const Username& username) {
  if (slot >= ledger_.slots()) {
    return Fail(ErrorCode::kCorrupt, "the index refers to a missing slot");
  }
  if (const auto reached = ledger_.Reach(slot); !reached) {
    return Fail(reached.error());
  }
  layout::RecordSlot bytes{};
  const auto read =
      ReadFully(records_.get(), layout::RecordOffset(slot), layout::MutableBytesOf(bytes));
  auto record = read ? DecodeRecord(bytes, slot, username)
                     : Result<std::optional<DeviceRecord>>(Fail(read.error()));
  WipeMemory(&bytes, sizeof bytes);
  return record;
}

}  // namespace twofactor
