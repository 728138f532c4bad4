#ifndef TWOFACTOR_CLI_IMPORT_TEXT_LINES_H_
#define TWOFACTOR_CLI_IMPORT_TEXT_LINES_H_

#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

// A file as lines and words. Everything is a view of the text; nothing of it is copied. Pure
// functions, thread-safe.
namespace twofactor {

// Longer lines are refused: no known format has them.
inline constexpr std::size_t kMaxLineBytes = 4096;

// The lines of `text`, without their ends ("\n" or "\r\n") and without a byte order mark.
std::vector<std::string_view> LinesOf(std::string_view text);

// The words of `line`, between blanks and tabs.
std::vector<std::string_view> WordsOf(std::string_view line);

// Without the blanks, tabs and line ends around it.
std::string_view Trimmed(std::string_view text);

bool AreDigits(std::string_view text);

// Without the UTF-8 byte order mark that Windows' programs put before a text.
std::string_view WithoutByteOrderMark(std::string_view text);

// Of ASCII letters; other characters are what they are.
char CapitalOf(char character);

// Equal without regard to the case of ASCII letters.
bool EqualWords(std::string_view a, std::string_view b);
// The same of how `text` begins.
bool StartsWith(std::string_view text, std::string_view start);

// The whole of `text` as a decimal number of that type, none where it is not one.
template <typename Number>
std::optional<Number> NumberIn(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_TEXT_LINES_H_
