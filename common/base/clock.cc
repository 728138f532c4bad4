#include "common/base/clock.h"

#include <ctime>

namespace twofactor {
namespace {

std::chrono::seconds Read(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return std::chrono::seconds(now.tv_sec);
}

}  // namespace

WallTime SystemClock::Wall() const { return WallTime(Read(CLOCK_REALTIME)); }

BootTime SystemClock::Boot() const { return BootTime(Read(CLOCK_BOOTTIME)); }

}  // namespace twofactor
