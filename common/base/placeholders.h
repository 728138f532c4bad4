#ifndef TWOFACTOR_COMMON_BASE_PLACEHOLDERS_H_
#define TWOFACTOR_COMMON_BASE_PLACEHOLDERS_H_

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace twofactor {

// Returns `text` with %1 to %9 replaced by these values, in the order of the text. A % before
// anything else, or without a value, stays as it is, and inserted values are not expanded. So a
// text from a catalog cannot read anything else, unlike a format of printf(3), whatever it
// contains. Throws only std::bad_alloc.
//
// The placeholders are those that xgettext calls kde-format. A pure function.
std::string FillPlaceholders(std::string_view text, std::initializer_list<std::string> values);

// Returns a value as text for messages: a number in plain digits in every locale.
inline std::string TextOfValue(std::string_view value) { return std::string(value); }
inline std::string TextOfValue(std::integral auto value) { return std::to_string(value); }

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_PLACEHOLDERS_H_
