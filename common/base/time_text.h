#ifndef TWOFACTOR_COMMON_BASE_TIME_TEXT_H_
#define TWOFACTOR_COMMON_BASE_TIME_TEXT_H_

#include <string>

#include "common/base/clock.h"

namespace twofactor {

// Returns a time for people, in the time zone of this process (tzset(3)) and in the same form in
// every locale: "2026-11-25 14:05". Empty if no calendar has it. Thread-safe.
std::string LocalTimeText(WallTime time);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_TIME_TEXT_H_
