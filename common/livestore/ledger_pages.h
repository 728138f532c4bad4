#ifndef TWOFACTOR_COMMON_LIVESTORE_LEDGER_PAGES_H_
#define TWOFACTOR_COMMON_LIVESTORE_LEDGER_PAGES_H_

#include <boost/interprocess/mapped_region.hpp>
#include <cstdint>
#include <vector>

#include "common/base/result.h"

namespace twofactor {

// How much of a ledger's file a process maps.
enum class LedgerExtent {
  kWhole,    // The daemon, which looks at every slot.
  kReached,  // A login: the header, and the pages of the slots that it has reached.
};

// The parts of a ledger's file that are mapped, shared and to be written. A login maps two pages
// and not the file: what it pays, and what it could damage, does not grow with the users.
//
// At() is thread-safe as long as nobody calls Reach() meanwhile.
class LedgerPages {
 public:
  // Maps the header's page, or all `bytes` of the file, which has more than a page. `fd` must stay
  // open for as long as Reach() is called. Fails with kExhausted or kInternal.
  static Result<LedgerPages> Map(int fd, std::uint64_t bytes, LedgerExtent extent);

  // Maps the page at `offset`, a place within the file, unless it is mapped. Fails as Map does.
  Result<void> Reach(int fd, std::uint64_t offset);

  // Where the bytes at `offset` are. Throws std::out_of_range for a page that was not reached: no
  // login may go on with it, and there is no answer that would be right.
  void* At(std::uint64_t offset) const;

 private:
  struct Piece {
    std::uint64_t offset;
    boost::interprocess::mapped_region region;
  };

  Result<void> Add(int fd, std::uint64_t offset, std::uint64_t bytes);
  const Piece* Find(std::uint64_t offset) const;

  std::vector<Piece> pieces_;  // The first has the header.
};

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_LEDGER_PAGES_H_
