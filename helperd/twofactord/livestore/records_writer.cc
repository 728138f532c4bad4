#include "helperd/twofactord/livestore/records_writer.h"

#include <algorithm>
#include <atomic>

namespace twofactor {
namespace {

int IndexOfNewer(const layout::RecordSlot& slot) {
  return slot.copies[1].sequence > slot.copies[0].sequence ? 1 : 0;
}

void SetBypass(layout::RecordCopy& copy, const std::optional<Bypass>& bypass) {
  const Bypass none{};
  const Bypass& wanted = bypass ? *bypass : none;
  copy.bypass_until = wanted.until.time_since_epoch().count();
  copy.bypass_until_boot = static_cast<std::uint64_t>(wanted.until_boot.time_since_epoch().count());
}

// Everything except the sequence and the checksum.
layout::RecordCopy Encode(const PublishedDevice& device) {
  layout::RecordCopy copy{};
  copy.created = device.created.time_since_epoch().count();
  copy.generation = device.generation;
  copy.uid = device.uid;
  copy.interval = static_cast<std::uint32_t>(device.parameters.interval.count());
  copy.digits = static_cast<std::uint8_t>(device.parameters.digits);
  copy.algorithm = static_cast<std::uint8_t>(device.parameters.algorithm);
  copy.device = static_cast<std::uint8_t>(device.device);
  copy.kind = static_cast<std::uint8_t>(device.kind);
  copy.skew = device.skew;
  copy.secret_bytes = static_cast<std::uint8_t>(device.secret.size());
  copy.name_bytes = static_cast<std::uint8_t>(device.username.text().size());
  std::copy(device.secret.bytes().begin(), device.secret.bytes().end(), copy.secret.begin());
  std::copy(device.username.text().begin(), device.username.text().end(), copy.name.begin());
  SetBypass(copy, device.bypass);
  copy.origins = device.origins;
  return copy;
}

}  // namespace

Result<RecordsWriter> RecordsWriter::Create(const std::string& path, std::uint64_t store_id,
                                            std::uint64_t slots, const SipHashKey& origin_key) {
  auto file = MappedFile::Create(path, layout::RecordOffset(slots));
  if (!file) {
    return Fail(file.error());
  }
  layout::RecordsHeader header{};
  header.file.magic = layout::kRecordsMagic;
  header.file.version = layout::kRecordsVersion;
  header.file.header_bytes = sizeof header;
  header.file.store_id = store_id;
  header.slot_bytes = sizeof(layout::RecordSlot);
  header.origin_key = origin_key;
  header.file.checksum = layout::ChecksumOf(header);
  *static_cast<layout::RecordsHeader*>(file->address()) = header;
  return RecordsWriter(std::move(*file));
}

std::uint64_t RecordsWriter::slots() const {
  return (file_.size() - layout::kHeaderPageBytes) / sizeof(layout::RecordSlot);
}

Result<void> RecordsWriter::GrowTo(std::uint64_t slots) {
  return file_.GrowTo(layout::RecordOffset(slots));
}

layout::RecordSlot& RecordsWriter::At(std::uint64_t slot) const {
  void* start = static_cast<std::uint8_t*>(file_.address()) + layout::RecordOffset(slot);
  return *static_cast<layout::RecordSlot*>(start);
}

void RecordsWriter::Write(const PublishedDevice& device) {
  layout::RecordCopy copy = Encode(device);
  const layout::RecordSlot& bytes = At(device.slot);
  const layout::RecordCopy& current = bytes.copies[IndexOfNewer(bytes)];
  if (current.uid == copy.uid && current.name_bytes == copy.name_bytes &&
      current.name == copy.name) {
    copy.origins = current.origins;
  }
  Replace(device.slot, copy);
}

template <typename Change>
void RecordsWriter::Rewrite(std::uint64_t slot, Change change) {
  layout::RecordSlot& bytes = At(slot);
  layout::RecordCopy copy = bytes.copies[IndexOfNewer(bytes)];
  if (copy.sequence != 0) {
    change(copy);
    Replace(slot, copy);
  }
}

void RecordsWriter::WriteBypass(std::uint64_t slot, const std::optional<Bypass>& bypass) {
  Rewrite(slot, [&bypass](layout::RecordCopy& copy) { SetBypass(copy, bypass); });
}

void RecordsWriter::WriteOrigins(std::uint64_t slot, const KnownOrigins& origins) {
  Rewrite(slot, [&origins](layout::RecordCopy& copy) { copy.origins = origins; });
}

void RecordsWriter::Replace(std::uint64_t slot, layout::RecordCopy& copy) {
  layout::RecordSlot& bytes = At(slot);
  const int newer = IndexOfNewer(bytes);
  layout::RecordCopy& target = bytes.copies[1 - newer];
  copy.sequence = bytes.copies[newer].sequence + 1;
  copy.checksum = layout::ChecksumOf(copy, slot);
  // Without its checksum the copy is invalid, for readers and after a kill, until it is complete.
  std::atomic_ref(target.checksum).store(0, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  const auto body = layout::BytesOf(copy).subspan(sizeof copy.checksum);
  std::copy(body.begin(), body.end(),
            layout::MutableBytesOf(target).begin() + sizeof copy.checksum);
  std::atomic_ref(target.checksum).store(copy.checksum, std::memory_order_release);
  WipeMemory(&copy, sizeof copy);
}

void RecordsWriter::WipeOlder(std::uint64_t slot) {
  layout::RecordSlot& bytes = At(slot);
  layout::RecordCopy& older = bytes.copies[1 - IndexOfNewer(bytes)];
  // The newer copy is there before the older one is wiped; a release store alone does not keep
  // later stores behind it.
  std::atomic_thread_fence(std::memory_order_release);
  WipeMemory(&older, sizeof older);
}

void RecordsWriter::Wipe(std::uint64_t slot) {
  // The index entry is removed before the record that it leads to.
  std::atomic_thread_fence(std::memory_order_release);
  WipeMemory(&At(slot), sizeof(layout::RecordSlot));
}

}  // namespace twofactor
