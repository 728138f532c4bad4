#include "helperd/twofactord/livestore/index_writer.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <utility>

namespace twofactor {
namespace {

constexpr std::uint64_t kLeastCapacity = 1024;

std::uint64_t CapacityFor(std::uint64_t entries) {
  return std::bit_ceil(std::max(kLeastCapacity, 4 * entries));
}

layout::IndexHeader MakeHeader(std::uint64_t store_id, std::uint64_t capacity) {
  layout::IndexHeader header{};
  header.file.magic = layout::kIndexMagic;
  header.file.version = layout::kIndexVersion;
  header.file.header_bytes = sizeof header;
  header.file.store_id = store_id;
  header.capacity = capacity;
  header.file.checksum = layout::ChecksumOf(header);
  return header;
}

}  // namespace

IndexWriter::IndexWriter(MappedFile file, std::string path, std::uint64_t store_id,
                         std::uint64_t capacity)
    : file_(std::move(file)), path_(std::move(path)), store_id_(store_id), capacity_(capacity) {}

Result<IndexWriter> IndexWriter::Create(const std::string& path, std::uint64_t store_id,
                                        std::uint64_t entries) {
  const std::uint64_t capacity = CapacityFor(entries);
  auto file =
      MappedFile::Create(path, sizeof(layout::IndexHeader) + capacity * sizeof(layout::IndexEntry));
  if (!file) {
    return Fail(file.error());
  }
  *static_cast<layout::IndexHeader*>(file->address()) = MakeHeader(store_id, capacity);
  return IndexWriter(std::move(*file), path, store_id, capacity);
}

Result<void> IndexWriter::Insert(std::uint64_t hash, std::uint64_t slot) {
  std::uint64_t place = hash & (capacity_ - 1);
  for (; entries()[place].hash != layout::kEmptyHash; place = (place + 1) & (capacity_ - 1)) {
    if (entries()[place].hash == hash && entries()[place].slot == slot) {
      return {};
    }
  }
  if (const auto reserved = Reserve(1); !reserved) {
    return reserved;
  }
  names_ += Holds(hash) ? 0 : 1;
  Place(hash, slot);
  return {};
}

Result<void> IndexWriter::Reserve(std::uint64_t more) {
  return 2 * (used_ + more) > capacity_ ? Rebuild(more) : Result<void>();
}

void IndexWriter::Remove(std::uint64_t hash, std::uint64_t slot) {
  for (std::uint64_t place = hash & (capacity_ - 1); entries()[place].hash != layout::kEmptyHash;
       place = (place + 1) & (capacity_ - 1)) {
    layout::IndexEntry& entry = entries()[place];
    if (entry.hash == hash && entry.slot == slot) {
      std::atomic_ref(entry.hash).store(layout::kRemovedHash, std::memory_order_release);
      --live_;
      names_ -= Holds(hash) ? 0 : 1;
      return;
    }
  }
}

bool IndexWriter::Holds(std::uint64_t hash) const {
  for (std::uint64_t place = hash & (capacity_ - 1); entries()[place].hash != layout::kEmptyHash;
       place = (place + 1) & (capacity_ - 1)) {
    if (entries()[place].hash == hash) {
      return true;
    }
  }
  return false;
}

layout::IndexEntry* IndexWriter::entries() const {
  void* start = static_cast<std::uint8_t*>(file_.address()) + sizeof(layout::IndexHeader);
  return static_cast<layout::IndexEntry*>(start);
}

void IndexWriter::Place(std::uint64_t hash, std::uint64_t slot) {
  std::uint64_t place = hash & (capacity_ - 1);
  while (entries()[place].hash != layout::kEmptyHash) {
    place = (place + 1) & (capacity_ - 1);
  }
  std::atomic_ref(entries()[place].slot).store(slot, std::memory_order_relaxed);
  std::atomic_ref(entries()[place].hash).store(hash, std::memory_order_release);
  ++used_;
  ++live_;
}

Result<void> IndexWriter::Rebuild(std::uint64_t more) {
  auto larger = Create(path_, store_id_, live_ + more);
  if (!larger) {
    return Fail(larger.error());
  }
  for (std::uint64_t place = 0; place < capacity_; ++place) {
    const layout::IndexEntry& entry = entries()[place];
    if (entry.hash != layout::kEmptyHash && entry.hash != layout::kRemovedHash) {
      larger->Place(entry.hash, entry.slot);
    }
  }
  if (const auto published = larger->Publish(); !published) {
    return published;
  }
  larger->names_ = names_;
  *this = std::move(*larger);
  return {};
}

}  // namespace twofactor
