#ifndef TWOFACTOR_HELPERD_MESSAGES_DATE_TIME_H_
#define TWOFACTOR_HELPERD_MESSAGES_DATE_TIME_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

// A moment in JSON: {"$date": milliseconds since 1970} on the WebSocket transport, an RFC 3339
// string on the line transport. Pure functions.
namespace twofactor {

nlohmann::json DateTimeJson(std::int64_t milliseconds);
// Returns the milliseconds of such an object; none for any other value.
std::optional<std::int64_t> MillisecondsOf(const nlohmann::json& value);

// Parses "2024-02-29", "2024-02-29T12:00", "2024-02-29T12:00:00.5Z" or "2024-02-29 12:00:00+01:00"
// to milliseconds since 1970; UTC if there is no offset. None for other texts.
std::optional<std::int64_t> ParseDateTime(std::string_view text);
// Returns "2024-02-29T00:00:00Z": whole seconds in UTC, in the form of RFC 3339. Moments outside
// the years 0 to 9999 become the first or last one within.
std::string DateTimeText(std::int64_t milliseconds);

// Replaces each moment within `value` with text.
void WriteDatesAsText(nlohmann::json& value);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_DATE_TIME_H_
