#ifndef TWOFACTOR_COMMON_LIVESTORE_THROTTLE_H_
#define TWOFACTOR_COMMON_LIVESTORE_THROTTLE_H_

#include <chrono>

#include "common/base/clock.h"
#include "common/livestore/layout.h"

namespace twofactor {

// How wrong codes are slowed down. Nobody is ever locked out for good: after the free tries each
// further one has to wait, longer each time up to a bound, and the count is forgotten after a quiet
// time. With the values here a guesser has 296 tries on the first day and 288 on each further one
// at one device, a chance of 1 in 1,126 a day against 6 digits and a window of 1; and as many once
// more where the guesser also has an origin that is known.
struct ThrottlePolicy {
  int free_tries = 5;                       // 1 to 255.
  std::chrono::seconds first_wait{15};      // Doubled with every further failure,
  std::chrono::seconds longest_wait{300};   // and never longer than this.
  std::chrono::seconds forget_after{3600};  // At least longest_wait.
  bool exempt_root = false;                 // True: uid 0 never waits.
  // For so long after a login its origin has a count of its own; 0: one count for all.
  int known_origin_days = 90;  // Up to 255.

  friend bool operator==(const ThrottlePolicy&, const ThrottlePolicy&) = default;
};

struct ThrottleDecision {
  // How long until a code is looked at again; zero: this try may go on.
  std::chrono::seconds wait;
  // The word to leave behind before the code is looked at; of use only when `wait` is zero.
  layout::FailuresWord charged;
};

// Whether a try at `now` may be made after the failures that `word` tells of. A pure function.
ThrottleDecision DecideTry(layout::FailuresWord word, const ThrottlePolicy& policy, BootTime now);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_THROTTLE_H_
