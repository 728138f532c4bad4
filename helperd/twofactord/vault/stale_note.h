#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_STALE_NOTE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_STALE_NOTE_H_

#include <chrono>
#include <optional>

#include "common/base/clock.h"
#include "helperd/twofactord/vault/vault.h"

namespace twofactor {

// So much of the time between two looks counts. A clock that leaps ahead, or a machine that was
// off, wins two days and not a grace, so a grace of weeks takes many looks.
inline constexpr std::chrono::hours kMostBetweenLooks{48};

// What is noted of a user whom the system does not know, now that it was asked once more. Pure.
StaleNote NotedAgain(const std::optional<StaleNote>& before, WallTime now);

// Was the user unknown for so long that the factor may go by itself? Never for 0. Pure.
bool IsOverGrace(const StaleNote& note, std::chrono::days grace);

// Whole days until then, 0 where it may go with the next look; none for 0. Pure.
std::optional<std::chrono::days> DaysLeft(const StaleNote& note, std::chrono::days grace);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_STALE_NOTE_H_
