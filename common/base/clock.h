#ifndef TWOFACTOR_COMMON_BASE_CLOCK_H_
#define TWOFACTOR_COMMON_BASE_CLOCK_H_

#include <chrono>

namespace twofactor {

// The time of day in whole seconds since 1970-01-01 UTC, in which TOTP (RFC 6238) counts. It may be
// set back.
using WallTime = std::chrono::sys_seconds;

// The time since the kernel started, including suspend (CLOCK_BOOTTIME). It never goes back.
struct BootClock {
  using duration = std::chrono::seconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock, duration>;
  static constexpr bool is_steady = true;
};
using BootTime = BootClock::time_point;

// Reads the clocks. No other code does: it gets the time as an argument, so that tests can set it.
//
// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime Wall() const = 0;
  virtual BootTime Boot() const = 0;
};

// The machine's clocks (clock_gettime(2)).
class SystemClock final : public Clock {
 public:
  WallTime Wall() const override;
  BootTime Boot() const override;
};

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_CLOCK_H_
