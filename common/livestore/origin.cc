#include "common/livestore/origin.h"

#include <algorithm>
#include <string>

namespace twofactor {

std::uint64_t HashOrigin(const SipHashKey& key, const Username& username, std::string_view origin) {
  // A name contains no zero byte.
  std::string message = username.text();
  message.push_back('\0');
  message.append(origin);
  const void* start = message.data();
  return std::max<std::uint64_t>(
      SipHash(key, {static_cast<const std::uint8_t*>(start), message.size()}), 1);
}

std::uint32_t DayOf(WallTime moment) {
  const auto day = std::chrono::floor<std::chrono::days>(moment).time_since_epoch().count();
  return static_cast<std::uint32_t>(std::max<std::int64_t>(day, 0));
}

OriginStanding StandingOf(const KnownOrigins& known, std::uint64_t hash, std::uint32_t today,
                          int days) {
  // Midnight between two readings of the clock makes a difference of one day.
  bool found = false;
  bool fresh = false;
  for (const KnownOrigin& origin : known) {
    const bool same = origin.hash == hash;
    const bool counts = origin.day <= today + 1 &&
                        std::int64_t{today} - std::int64_t{origin.day} <= std::int64_t{days};
    found |= same & counts;
    fresh |= same & (origin.day == today);
  }
  return {found ? Budget::kKnown : Budget::kStrangers, !fresh};
}

}  // namespace twofactor
