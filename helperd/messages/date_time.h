#ifndef TWOFACTOR_HELPERD_MESSAGES_DATE_TIME_H_
#define TWOFACTOR_HELPERD_MESSAGES_DATE_TIME_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

// A moment in JSON: {"$date": milliseconds since 1970}, as the WebSocket transport carries it, or
// an RFC 3339 string, as the line transport does. Pure functions.
namespace twofactor {

nlohmann::json DateTimeJson(std::int64_t milliseconds);
// The milliseconds of such an object; none for any other value.
std::optional<std::int64_t> MillisecondsOf(const nlohmann::json& value);

// The milliseconds since 1970 that "2024-02-29", "2024-02-29T12:00", "2024-02-29T12:00:00.5Z" or
// "2024-02-29 12:00:00+01:00" name; UTC where no offset is given. None for other texts.
std::optional<std::int64_t> ParseDateTime(std::string_view text);
// "2024-02-29T00:00:00Z": whole seconds, as RFC 3339 writes them in UTC. The years 0 to 9999; what
// is outside of them becomes their first or last moment.
std::string DateTimeText(std::int64_t milliseconds);

// Writes each moment within `value` as text.
void WriteDatesAsText(nlohmann::json& value);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_DATE_TIME_H_
