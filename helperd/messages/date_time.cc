#include "helperd/messages/date_time.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <regex>

namespace twofactor {
namespace {

using nlohmann::json;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;

constexpr const char* kKey = "$date";
constexpr std::int64_t kFirst = -62167219200000;  // 0000-01-01T00:00:00Z
constexpr std::int64_t kLast = 253402300799999;   // 9999-12-31T23:59:59.999Z
constexpr std::size_t kLongestText = 40;

// Groups: 1 to 3 the date, 4 to 7 the time, 8 to 10 the offset.
const std::regex& Form() {
  static const std::regex kForm(
      "([0-9]{4})-([0-9]{2})-([0-9]{2})"
      "(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]{1,9}))?)?"
      "(?:Z|([+-])([0-9]{2}):([0-9]{2}))?)?");
  return kForm;
}

using Match = std::match_results<std::string_view::const_iterator>;

int NumberOf(const Match& match, std::size_t group) {
  return match[group].matched ? std::stoi(match[group].str()) : 0;
}

// Returns the fraction of a second.
milliseconds FractionOf(const Match& match) {
  std::string digits = match[7].str();
  digits.resize(3, '0');
  return milliseconds(std::stoi(digits));
}

minutes OffsetOf(const Match& match) {
  const minutes offset = hours(NumberOf(match, 9)) + minutes(NumberOf(match, 10));
  return match[8].str() == "-" ? -offset : offset;
}

}  // namespace

json DateTimeJson(std::int64_t milliseconds) { return {{kKey, milliseconds}}; }

std::optional<std::int64_t> MillisecondsOf(const json& value) {
  if (!value.is_object() || value.size() != 1 || !value.contains(kKey) ||
      !value[kKey].is_number_integer()) {
    return std::nullopt;
  }
  return value[kKey].get<std::int64_t>();
}

std::optional<std::int64_t> ParseDateTime(std::string_view text) {
  Match match;
  if (text.size() > kLongestText || !std::regex_match(text.begin(), text.end(), match, Form())) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(
      std::chrono::year(NumberOf(match, 1)),
      std::chrono::month(static_cast<unsigned>(NumberOf(match, 2))),
      std::chrono::day(static_cast<unsigned>(NumberOf(match, 3))));
  const int hour = NumberOf(match, 4);
  const int minute = NumberOf(match, 5);
  const int second = NumberOf(match, 6);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59 || NumberOf(match, 9) > 23 ||
      NumberOf(match, 10) > 59) {
    return std::nullopt;
  }
  const auto moment = sys_days(date) + hours(hour) + minutes(minute) + seconds(second) +
                      FractionOf(match) - OffsetOf(match);
  return moment.time_since_epoch().count();
}

std::string DateTimeText(std::int64_t milliseconds_since_1970) {
  const std::int64_t bounded = std::clamp(milliseconds_since_1970, kFirst, kLast);
  const std::chrono::sys_time<milliseconds> moment{milliseconds(bounded)};
  const auto day = floor<days>(moment);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(floor<seconds>(moment - day));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return text.data();
}

void WriteDatesAsText(json& value) {
  if (const auto moment = MillisecondsOf(value)) {
    value = DateTimeText(*moment);
    return;
  }
  if (value.is_structured()) {
    for (json& inner : value) {
      WriteDatesAsText(inner);
    }
  }
}

}  // namespace twofactor
