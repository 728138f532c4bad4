#ifndef TWOFACTOR_COMMON_BASE_PLACEHOLDERS_H_
#define TWOFACTOR_COMMON_BASE_PLACEHOLDERS_H_

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace twofactor {

// `text` with %1 to %9 replaced by these values, in the order that the text wants. A % before
// anything else, or whose value is not there, stays as it is; what is put in is not looked at
// again. So a text from a catalogue reads nothing that it was not given, whatever stands in it:
// unlike a format of printf(3), and without an exception but std::bad_alloc.
//
// The marks are those that xgettext calls kde-format. A pure function.
std::string FillPlaceholders(std::string_view text, std::initializer_list<std::string> values);

// How a value is written into a text for people: a number in plain digits, whatever the locale.
inline std::string TextOfValue(std::string_view value) { return std::string(value); }
inline std::string TextOfValue(std::integral auto value) { return std::to_string(value); }

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_PLACEHOLDERS_H_
