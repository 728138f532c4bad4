#include "tests/unit/vault/disk_image.h"

#include <algorithm>

namespace twofactor {
namespace {

using Kind = FileOperation::Kind;

constexpr std::size_t kSectorBytes = 512;

// Decides of each sector, and of each truncation, whether the disk has it.
using Keep = bool (*)(std::mt19937&);

void Write(std::string& file, const FileOperation& write, Keep keep, std::mt19937& random) {
  const std::size_t end = write.offset + write.bytes.size();
  for (std::size_t at = write.offset; at < end;) {
    const std::size_t next = std::min((at / kSectorBytes + 1) * kSectorBytes, end);
    if (keep(random)) {
      file.resize(std::max(file.size(), next));
      file.replace(at, next - at, write.bytes, at - write.offset, next - at);
    }
    at = next;
  }
}

void ApplyAll(std::optional<std::string>& file, const std::vector<FileOperation>& operations,
              Keep keep, std::mt19937& random) {
  for (const FileOperation& operation : operations) {
    std::string bytes = file.value_or("");
    if (operation.kind == Kind::kWrite) {
      Write(bytes, operation, keep, random);
    } else if (keep(random)) {
      bytes.resize(operation.offset);
    }
    if (file || !bytes.empty()) {
      file = bytes;
    }
  }
}

bool Always(std::mt19937& /*random*/) { return true; }
bool Never(std::mt19937& /*random*/) { return false; }
bool AsItFalls(std::mt19937& random) { return random() % 2 == 0; }

Keep KeepOf(DiskImage::Unsynced unsynced) {
  switch (unsynced) {
    case DiskImage::Unsynced::kAllKept:
      return Always;
    case DiskImage::Unsynced::kAllLost:
      return Never;
    case DiskImage::Unsynced::kAnySectors:
      break;
  }
  return AsItFalls;
}

}  // namespace

void DiskImage::SyncDirectory() {
  for (auto& [suffix, file] : files_) {
    file.deleted.reset();
  }
}

void DiskImage::Apply(const FileOperation& operation) {
  // NOLINTNEXTLINE(cert-msc51-cpp): nothing is left to chance here.
  std::mt19937 unused;
  File& file = files_[operation.suffix];
  switch (operation.kind) {
    case Kind::kWrite:
    case Kind::kTruncate:
      file.pending.push_back(operation);
      break;
    case Kind::kSync:
      if (!file.durable && !operation.suffix.empty()) {
        SyncDirectory();
      }
      ApplyAll(file.durable, file.pending, Always, unused);
      file.pending.clear();
      break;
    case Kind::kDelete:
      ApplyAll(file.durable, file.pending, Always, unused);
      file = {std::nullopt, {}, file.durable};
      break;
    case Kind::kDurableDelete:
      file = {};
      SyncDirectory();
      break;
  }
}

std::map<std::string, std::string> DiskImage::PowerFails(Unsynced unsynced,
                                                         std::mt19937& random) const {
  const Keep keep = KeepOf(unsynced);
  std::map<std::string, std::string> image;
  for (const auto& [suffix, file] : files_) {
    std::optional<std::string> bytes = file.durable;
    if (file.deleted && !keep(random)) {
      bytes = file.deleted;
    } else {
      ApplyAll(bytes, file.pending, keep, random);
    }
    if (bytes) {
      image.emplace(suffix, *bytes);
    }
  }
  return image;
}

}  // namespace twofactor
