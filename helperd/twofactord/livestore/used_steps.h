#ifndef TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_USED_STEPS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_USED_STEPS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/livestore/ledger.h"
#include "common/otp/otp_parameters.h"
#include "helperd/twofactord/livestore/ledger_start.h"
#include "helperd/twofactord/livestore/records_writer.h"

namespace twofactor {

// A device's steps before `next_step` were used.
struct UsedBefore {
  std::uint64_t slot;
  std::uint32_t generation;
  TimeStep next_step;

  friend bool operator==(const UsedBefore&, const UsedBefore&) = default;
};

// A device that accepts no present code, because a later one was used.
struct DeviceAhead {
  std::uint64_t slot;
  std::uint32_t generation;
  TimeStep first;  // The first step that it would accept if an epoch began now.
  WallTime until;  // When its next code is accepted.
  TimeStep used;   // Steps below it were used.
};

// The direction in which the beginning of an epoch moves.
enum class EpochMove {
  kBack,   // Devices that wait less than in a new ledger do not change.
  kAhead,  // These wait as in a new ledger, too.
};

// The used steps of each TOTP device: those that the vault knows, and those in the ledger's words.
// Not thread-safe.
class UsedSteps {
 public:
  // `in_vault`: the vault has the device with this first step; else it is not known whether it
  // does.
  void Set(const PublishedDevice& device, bool in_vault);
  void Forget(std::uint64_t slot);
  // Returns the first step without a known use of the slot's device, given its last word.
  TimeStep FirstUnused(std::uint64_t slot, layout::UseWord word) const;

  // Returns what the vault does not know yet. Later uses of the ledger count from now on.
  std::vector<UsedBefore> LookForNew(const Ledger& ledger);
  // Notes that the vault knows these now.
  void SetNoted(std::span<const UsedBefore> noted);

  // Begins the epoch again for every device of which no step was consumed in it.
  void BeginAgain(Ledger& ledger, const BirthRule& rule, EpochMove move) const;
  // Returns the devices whose used steps lie after a birth at the present.
  std::vector<DeviceAhead> FindAhead(const Ledger& ledger, const BirthRule& rule) const;
  // Forgets the uses of such a device, also in the ledger, unless that was done already: what has
  // been used since stays used.
  void Reopen(Ledger& ledger, const DeviceAhead& device);

 private:
  struct Steps {
    std::uint32_t generation = 0;  // 0: no TOTP device.
    std::chrono::seconds interval{0};
    int skew = 0;
    TimeStep used = 0;   // Steps below it were used, as far as is known.
    TimeStep noted = 0;  // The same, as far as the vault knows.
  };

  // Returns the known uses of a device, including those of its word.
  static TimeStep UsedOf(const Steps& steps, layout::UseWord word);

  std::vector<Steps> by_slot_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_USED_STEPS_H_
