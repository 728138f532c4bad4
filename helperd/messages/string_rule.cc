#include "helperd/messages/string_rule.h"

#include <algorithm>
#include <chrono>

#include "common/base/one_line.h"
#include "helperd/messages/date_time.h"

namespace twofactor {
namespace {

bool IsEmail(std::string_view text) {
  const std::size_t at = text.find('@');
  const bool plain = std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F;
  });
  return plain && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Returns whether `text` has the form of `form`, in which 0 stands for any digit.
bool HasForm(std::string_view text, std::string_view form) {
  return std::equal(text.begin(), text.end(), form.begin(), form.end(),
                    [](char c, char model) { return model == '0' ? IsDigit(c) : c == model; });
}

// Returns the number that these digits represent.
int NumberAt(std::string_view text, std::size_t start, std::size_t count) {
  int number = 0;
  for (const char c : text.substr(start, count)) {
    number = number * 10 + (c - '0');
  }
  return number;
}

bool IsDateTime(std::string_view text) {
  if (!HasForm(text, "0000-00-00T00:00:00Z")) {
    return false;
  }
  const std::chrono::year_month_day date(
      std::chrono::year(NumberAt(text, 0, 4)),
      std::chrono::month(static_cast<unsigned>(NumberAt(text, 5, 2))),
      std::chrono::day(static_cast<unsigned>(NumberAt(text, 8, 2))));
  return date.ok() && NumberAt(text, 11, 2) < 24 && NumberAt(text, 14, 2) < 60 &&
         NumberAt(text, 17, 2) < 60;
}

bool HasNoControls(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char character) {
    const auto byte = static_cast<unsigned char>(character);
    return byte < 0x20 || byte == 0x7F;
  });
}

bool HasNoNul(std::string_view text) { return text.find('\0') == std::string_view::npos; }

}  // namespace

const StringRule kEmailRule = {"format", "email", IsEmail, "Input should be a valid email address"};
const StringRule kDateTimeRule = {"format", "date-time", IsDateTime,
                                  "Input should be a valid date and time"};
const StringRule kTimestampRule = {
    "pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9.]+)?(Z|[+-][0-9:]+)?)?$",
    [](std::string_view text) { return ParseDateTime(text).has_value(); },
    "Input should be a date, or a date and time, as ISO 8601 writes it"};
const StringRule kDatePathRule = {"pattern", "\\.\\$date$",
                                  [](std::string_view text) { return text.ends_with(".$date"); },
                                  "Input should end with .$date"};
const StringRule kNoNulRule = {"pattern", "^[^\\u0000]*$", HasNoNul,
                               "String should not contain a NUL character"};
const StringRule kNoControlsRule = {"pattern", "^[^\\u0000-\\u001f\\u007f]*$", HasNoControls,
                                    "String should not contain control characters"};
const StringRule kOneLineRule = {
    "pattern",
    "^[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*$",
    IsOneLine,
    "String should not contain control characters, line separators, or characters that change the"
    " direction of text"};

}  // namespace twofactor
