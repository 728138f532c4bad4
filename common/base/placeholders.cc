#include "common/base/placeholders.h"

#include <cstddef>

namespace twofactor {

std::string FillPlaceholders(std::string_view text, std::initializer_list<std::string> values) {
  std::string filled;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char digit = text[at] == '%' && at + 1 < text.size() ? text[at + 1] : '\0';
    const bool is_digit = digit >= '1' && digit <= '9';
    const std::size_t index = is_digit ? static_cast<std::size_t>(digit - '1') : values.size();
    if (index < values.size()) {
      filled += values.begin()[index];
      ++at;
    } else {
      filled += text[at];
    }
  }
  return filled;
}

}  // namespace twofactor
