#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_CLOCK_WATCH_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_CLOCK_WATCH_H_

#include <chrono>
#include <optional>

#include "common/base/clock.h"

namespace twofactor {

// Notices that the wall clock was set: it moved otherwise than the clock of the boot, which nobody
// can set. Not synchronised.
class ClockWatch {
 public:
  // Both clocks are read in whole seconds, one after the other, so less says nothing.
  static constexpr std::chrono::seconds kLeastStep{2};

  ClockWatch(WallTime wall, BootTime boot) : offset_(OffsetOf(wall, boot)) {}

  // By how much the wall clock was set since the last look, below zero for back; none where it was
  // not. A clock that is slewed is followed and is not one that was set.
  std::optional<std::chrono::seconds> Look(WallTime wall, BootTime boot);

 private:
  static std::chrono::seconds OffsetOf(WallTime wall, BootTime boot) {
    return wall.time_since_epoch() - boot.time_since_epoch();
  }

  std::chrono::seconds offset_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_CLOCK_WATCH_H_
