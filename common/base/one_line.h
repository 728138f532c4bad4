#ifndef TWOFACTOR_COMMON_BASE_ONE_LINE_H_
#define TWOFACTOR_COMMON_BASE_ONE_LINE_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace twofactor {

// Bytes.
inline constexpr std::size_t kLongestLogValue = 2048;

// `text` as one line of valid UTF-8 that shows what it is, of at most kLongestLogValue bytes. What
// strangers send goes to logs, and nothing in it may look like another line, field or name. So each
// of these becomes one '?': control characters (C0, DEL, C1), line and paragraph separators,
// characters that are invisible or change the direction of text, noncharacters, and each byte that
// is not UTF-8. What is longer is cut.
std::string OneLine(std::string_view text);

// The same into `line`, as far as there is room, without memory of the heap's. Returns how many
// bytes it has written; never more than `text` has.
std::size_t CopyAsOneLine(std::string_view text, std::span<char> line);

// Does `text`, valid UTF-8, show as one line: is none of its characters a control character, a line
// or paragraph separator, or one that changes the direction of text?
bool IsOneLine(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_ONE_LINE_H_
