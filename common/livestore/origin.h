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

// The origins of logins, and which of them are known for a user. Failed attempts from known origins
// are counted separately from all others, so that strangers who fail on purpose do not lock the
// user out at a known origin. All functions are pure.
namespace twofactor {

// The count of failed attempts to which an attempt is charged. Each device has both.
enum class Budget : std::uint8_t {
  kStrangers,  // All unknown origins together.
  kKnown,      // All known origins together.
};

// The origin of a process with the user's own uid, as the kernel reports it: always known, never
// stored. Others are "host:…" and "tty:…". The empty text is no origin, and never known.
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
// A user's known origins, in any order.
using KnownOrigins = std::array<KnownOrigin, kMaxKnownOrigins>;

// Returns the hash of an origin of this user. It is never 0, and differs between users.
std::uint64_t HashOrigin(const SipHashKey& key, const Username& username, std::string_view origin);

std::uint32_t DayOf(WallTime moment);

// Whether an origin is known for a user.
struct OriginStanding {
  Budget budget = Budget::kStrangers;
  // Whether to report a granted login from here to the daemon: the origin is not known, or not
  // noted today.
  bool to_be_noted = false;
};

// Returns whether `hash` is among the known ones. It is known for `days` days after the day of its
// last login, and not if that day is in the future (the clock was wrong). Always takes the same
// time.
OriginStanding StandingOf(const KnownOrigins& known, std::uint64_t hash, std::uint32_t today,
                          int days);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_ORIGIN_H_
