#ifndef TWOFACTOR_COMMON_LIVESTORE_LEDGER_PAGES_H_
#define TWOFACTOR_COMMON_LIVESTORE_LEDGER_PAGES_H_

#include <boost/interprocess/mapped_region.hpp>
#include <cstdint>
#include <vector>

#include "common/base/result.h"
#include "common/livestore/store_file.h"

namespace twofactor {

// How much of a ledger's file a process maps.
enum class LedgerExtent {
  kWhole,    // The daemon, which looks at every slot.
  kReached,  // A login: the header, and the pages of the slots that it has reached.
};

// The mapped and shared parts of a ledger's file. A login maps two pages and not the whole file, so
// neither its cost nor the damage that it could do grows with the number of users.
//
// At() is thread-safe while nobody calls Reach().
class LedgerPages {
 public:
  // Maps the header's page, or all `bytes` of the file, which is longer than a page. `fd` must stay
  // open while Reach() is called. What is mapped with kRead must not be written to. Fails with
  // kExhausted or kInternal.
  static Result<LedgerPages> Map(int fd, std::uint64_t bytes, LedgerExtent extent,
                                 StoreAccess access = StoreAccess::kReadWrite);

  // Maps the page at `offset` within the file, unless it is mapped. Fails like Map.
  Result<void> Reach(int fd, std::uint64_t offset);

  // Returns the address of the bytes at `offset`. Throws std::out_of_range for a page that was not
  // reached: there is no right answer, and no login may continue with it.
  void* At(std::uint64_t offset) const;

 private:
  struct Piece {
    std::uint64_t offset;
    boost::interprocess::mapped_region region;
  };

  explicit LedgerPages(StoreAccess access) : access_(access) {}
  Result<void> Add(int fd, std::uint64_t offset, std::uint64_t bytes);
  const Piece* Find(std::uint64_t offset) const;

  StoreAccess access_;
  std::vector<Piece> pieces_;  // The first has the header.
};

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_LEDGER_PAGES_H_
