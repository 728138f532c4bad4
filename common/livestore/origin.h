#ifndef TWOFACTOR_COMMON_LIVESTORE_ORIGIN_H_
#define TWOFACTOR_COMMON_LIVESTORE_ORIGIN_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/siphash.h"
#include "common/base/username.h"

// Where logins come from, and which of these origins a user logged in from before. Failed attempts
// from a known origin and those from everywhere else are counted apart, so that strangers who fail
// on purpose do not stop the user at an origin of hers. All functions are pure.
namespace twofactor {

// Which count of failed attempts an attempt is charged to. Each device has both.
enum class Budget : std::uint8_t {
  kStrangers,  // Of all origins that are not known.
  kKnown,      // Of all known origins together.
};

// The origin of a process that has the user's own uid, by the kernel's word: always known, never
// stored. Others are "host:…" and "tty:…"; the empty text is no origin, and never known.
inline constexpr std::string_view kOwnUidOrigin = "self";
inline constexpr std::size_t kMaxOriginBytes = 300;

inline constexpr std::size_t kMaxKnownOrigins = 8;
// An origin's keyed hash, 0 for none, and the day of the last login from it (since 1970, UTC).
struct KnownOrigin {
  std::uint64_t hash;
  std::uint32_t day;
  std::uint32_t reserved;

  friend bool operator==(const KnownOrigin&, const KnownOrigin&) = default;
};
static_assert(sizeof(KnownOrigin) == 16);
// A user's, in any order.
using KnownOrigins = std::array<KnownOrigin, kMaxKnownOrigins>;

// The hash of an origin of this user: never 0, and another one for another user.
std::uint64_t HashOrigin(const SipHashKey& key, const Username& username, std::string_view origin);

std::uint32_t DayOf(WallTime moment);

// What an origin is to a user.
struct OriginStanding {
  Budget budget = Budget::kStrangers;
  // A granted login from here is worth telling the daemon: it is not known, or not of today.
  bool to_be_noted = false;
};

// Where `hash` stands among the known ones: known for `days` days after the day of its last login,
// and not if that day is to come (its clock was wrong). Takes the same time whatever the answer is.
OriginStanding StandingOf(const KnownOrigins& known, std::uint64_t hash, std::uint32_t today,
                          int days);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_ORIGIN_H_
