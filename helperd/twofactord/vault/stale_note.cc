#include "helperd/twofactord/vault/stale_note.h"

#include <algorithm>

namespace twofactor {

StaleNote NotedAgain(const std::optional<StaleNote>& before, WallTime now) {
  if (!before) {
    return {now, now, std::chrono::seconds(0)};
  }
  // A clock that went back adds nothing.
  const std::chrono::seconds since = std::clamp<std::chrono::seconds>(
      now - before->last_seen, std::chrono::seconds(0), std::chrono::seconds(kMostBetweenLooks));
  return {std::min(before->first_seen, now), now, before->stale_for + since};
}

bool IsOverGrace(const StaleNote& note, std::chrono::days grace) {
  return grace.count() > 0 && note.stale_for >= std::chrono::seconds(grace);
}

std::optional<std::chrono::days> DaysLeft(const StaleNote& note, std::chrono::days grace) {
  if (grace.count() == 0) {
    return std::nullopt;
  }
  const std::chrono::seconds left = std::chrono::seconds(grace) - note.stale_for;
  return std::max(std::chrono::ceil<std::chrono::days>(left), std::chrono::days(0));
}

}  // namespace twofactor
