#ifndef TWOFACTOR_COMMON_LIVESTORE_BYPASS_H_
#define TWOFACTOR_COMMON_LIVESTORE_BYPASS_H_

#include "common/base/clock.h"

namespace twofactor {

// For how long the administrator has switched the second factor of one user off. Both ends count:
// the wall clock may be set back, and the time since the boot begins anew with the next.
struct Bypass {
  WallTime until;       // The first moment at which it is over.
  BootTime until_boot;  // The same moment, as the clock that cannot be set has it.

  friend bool operator==(const Bypass&, const Bypass&) = default;
};

// Is it on? Where the clocks disagree, the one that is further decides. A pure function.
inline bool IsOn(const Bypass& bypass, WallTime wall, BootTime boot) {
  return wall < bypass.until && boot < bypass.until_boot;
}

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_BYPASS_H_
