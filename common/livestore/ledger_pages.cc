#include "common/livestore/ledger_pages.h"

#include <cerrno>
#include <stdexcept>
#include <string>
#include <utility>

#include "common/livestore/layout.h"

namespace twofactor {
namespace {

namespace bip = boost::interprocess;

// Boost's file_mapping opens by name; this maps the file that was checked.
class OpenedFile {
 public:
  explicit OpenedFile(int fd) : handle_{fd, false} {}
  bip::mapping_handle_t get_mapping_handle() const { return handle_; }

 private:
  bip::mapping_handle_t handle_;
};

}  // namespace

Result<LedgerPages> LedgerPages::Map(int fd, std::uint64_t bytes, LedgerExtent extent,
                                     StoreAccess access) {
  LedgerPages pages(access);
  const bool whole = extent == LedgerExtent::kWhole;
  if (const auto added = pages.Add(fd, 0, whole ? bytes : layout::kHeaderPageBytes); !added) {
    return Fail(added.error());
  }
  return pages;
}

Result<void> LedgerPages::Reach(int fd, std::uint64_t offset) {
  if (Find(offset) != nullptr) {
    return {};
  }
  // The words of a slot never span two pages, and the file is allocated in whole pages.
  return Add(fd, offset - offset % layout::kHeaderPageBytes, layout::kHeaderPageBytes);
}

Result<void> LedgerPages::Add(int fd, std::uint64_t offset, std::uint64_t bytes) {
  const bip::mode_t mode = access_ == StoreAccess::kRead ? bip::read_only : bip::read_write;
  try {
    pieces_.push_back({offset, bip::mapped_region(OpenedFile(fd), mode,
                                                  static_cast<bip::offset_t>(offset), bytes)});
  } catch (const bip::interprocess_exception& error) {
    // Memory that is locked when it is mapped (mlockall(2)) has a separate limit, with EAGAIN.
    const bool exhausted = error.get_native_error() == EAGAIN;
    return Fail(Error::FromSystemCall(exhausted ? ErrorCode::kExhausted : ErrorCode::kInternal,
                                      "map the ledger", error.get_native_error()));
  }
  return {};
}

const LedgerPages::Piece* LedgerPages::Find(std::uint64_t offset) const {
  for (const Piece& piece : pieces_) {
    if (offset >= piece.offset && offset - piece.offset < piece.region.get_size()) {
      return &piece;
    }
  }
  return nullptr;
}

void* LedgerPages::At(std::uint64_t offset) const {
  const Piece* piece = Find(offset);
  if (piece == nullptr) {
    throw std::out_of_range("a slot of the ledger that was not reached");
  }
  return static_cast<std::uint8_t*>(piece->region.get_address()) + (offset - piece->offset);
}

}  // namespace twofactor
