#ifndef TWOFACTOR_CLI_DURATION_H_
#define TWOFACTOR_CLI_DURATION_H_

#include <chrono>
#include <string_view>

#include "common/base/result.h"

namespace twofactor {

// Reads a length of time as people write it: hours, minutes and seconds, each once and in this
// order ("1h", "30m", "2h30m", "90s"). Above zero, at most a year. Fails with kInvalidParams. A
// pure function.
Result<std::chrono::seconds> ParseDuration(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DURATION_H_
