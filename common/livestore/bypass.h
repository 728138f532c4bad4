#ifndef TWOFACTOR_COMMON_LIVESTORE_BYPASS_H_
#define TWOFACTOR_COMMON_LIVESTORE_BYPASS_H_

#include "common/base/clock.h"

namespace twofactor {

// How long the administrator has turned the second factor of one user off. Both ends count: the
// wall clock may be set back, and the boot clock starts over at each boot.
struct Bypass {
  WallTime until;       // The first moment after its end.
  BootTime until_boot;  // The same moment by the boot clock, which cannot be set.

  friend bool operator==(const Bypass&, const Bypass&) = default;
};

// Returns whether the bypass is active: whether both clocks are before its end. A pure function.
inline bool IsOn(const Bypass& bypass, WallTime wall, BootTime boot) {
  return wall < bypass.until && boot < bypass.until_boot;
}

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_BYPASS_H_
