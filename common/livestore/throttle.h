#ifndef TWOFACTOR_COMMON_LIVESTORE_THROTTLE_H_
#define TWOFACTOR_COMMON_LIVESTORE_THROTTLE_H_

#include <chrono>

#include "common/base/clock.h"
#include "common/livestore/layout.h"

namespace twofactor {

// How wrong codes are throttled. Nobody is locked out permanently: after the free attempts each
// further one has to wait, longer each time up to a maximum, and the count is forgotten after a
// quiet time. With these values, an attacker gets 296 attempts on the first day and 288 on each
// further one at one device, a chance of 1 in 1,126 per day with 6 digits and a window of 1; and
// the same again with access to a known origin.
struct ThrottlePolicy {
  int free_tries = 5;                       // 1 to 255.
  std::chrono::seconds first_wait{15};      // Doubles with every further failure,
  std::chrono::seconds longest_wait{300};   // up to this maximum.
  std::chrono::seconds forget_after{3600};  // At least longest_wait.
  bool exempt_root = false;                 // True: uid 0 never waits.
  // For how many days after a login its origin has a separate count; 0: one count for all.
  int known_origin_days = 90;  // Up to 255.

  friend bool operator==(const ThrottlePolicy&, const ThrottlePolicy&) = default;
};

struct ThrottleDecision {
  // How long until a code is checked again; zero: this attempt may proceed.
  std::chrono::seconds wait;
  // The word to store before the code is checked; only valid if `wait` is zero.
  layout::FailuresWord charged;
};

// Returns whether an attempt at `now` is allowed after the failures in `word`. A pure function.
ThrottleDecision DecideTry(layout::FailuresWord word, const ThrottlePolicy& policy, BootTime now);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_THROTTLE_H_
