#ifndef TWOFACTOR_COMMON_BASE_ONE_LINE_H_
#define TWOFACTOR_COMMON_BASE_ONE_LINE_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace twofactor {

// In bytes.
inline constexpr std::size_t kLongestLogValue = 2048;

// Returns `text` as one line of valid UTF-8, of at most kLongestLogValue bytes; cuts what is
// longer. Text from strangers goes to logs, and nothing in it may look like another line, field or
// name. So each of these becomes one '?': control characters (C0, DEL, C1), line and paragraph
// separators, characters that are invisible or change the direction of text, noncharacters, and
// each byte that is not UTF-8.
std::string OneLine(std::string_view text);

// Does the same into `line`, as far as it fits, without allocating memory. Returns how many bytes
// it has written; never more than `text` has.
std::size_t CopyAsOneLine(std::string_view text, std::span<char> line);

// Returns whether `text`, valid UTF-8, shows as one line: whether it has no control character, line
// or paragraph separator, or character that changes the direction of text.
bool IsOneLine(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_ONE_LINE_H_
