#include "helperd/twofactord/factor/clock_watch.h"

#include <utility>

namespace twofactor {

std::optional<std::chrono::seconds> ClockWatch::Look(WallTime wall, BootTime boot) {
  const std::chrono::seconds now = OffsetOf(wall, boot);
  const std::chrono::seconds step = now - std::exchange(offset_, now);
  return std::chrono::abs(step) >= kLeastStep ? std::optional(step) : std::nullopt;
}

}  // namespace twofactor
