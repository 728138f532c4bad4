#ifndef TWOFACTOR_COMMON_BASE_ONE_LINE_H_
#define TWOFACTOR_COMMON_BASE_ONE_LINE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace twofactor {

// Bytes.
inline constexpr std::size_t kLongestLogValue = 2048;

// `text` as one line of at most kLongestLogValue bytes: control characters become '?', what is
// longer is cut. What strangers send goes to logs, and nothing in it may look like another line or
// field.
std::string OneLine(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_ONE_LINE_H_
