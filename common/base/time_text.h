#ifndef TWOFACTOR_COMMON_BASE_TIME_TEXT_H_
#define TWOFACTOR_COMMON_BASE_TIME_TEXT_H_

#include <string>

#include "common/base/clock.h"

namespace twofactor {

// A moment for people, in the time zone of this process (tzset(3)), the same in every locale:
// "2026-11-25 14:05". Empty for one that no calendar has. Thread-safe.
std::string LocalTimeText(WallTime time);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_TIME_TEXT_H_
