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

// That the steps of a device before `next_step` were used.
struct UsedBefore {
  std::uint64_t slot;
  std::uint32_t generation;
  TimeStep next_step;

  friend bool operator==(const UsedBefore&, const UsedBefore&) = default;
};

// A device that accepts no code of the present, because a later one was used.
struct DeviceAhead {
  std::uint64_t slot;
  std::uint32_t generation;
  TimeStep first;  // That it would accept if an epoch began now.
  WallTime until;  // When its next code is accepted.
  TimeStep used;   // Steps below it were used.
};

// Which way the beginning of an epoch goes.
enum class EpochMove {
  kBack,   // Devices that wait for less than they would in a new ledger are left alone.
  kAhead,  // They wait as in a new ledger, too.
};

// Of each TOTP device, which steps were used: what the vault knows, and what the ledger's words
// say. Not synchronised.
class UsedSteps {
 public:
  // `in_vault`: the vault has the device with this very first step; else that it has is unknown.
  void Set(const PublishedDevice& device, bool in_vault);
  void Forget(std::uint64_t slot);
  // The first step of the slot's device of which no use is known, given the last word that it had.
  TimeStep FirstUnused(std::uint64_t slot, layout::UseWord word) const;

  // What the vault does not know yet. Uses of the ledger count from now on.
  std::vector<UsedBefore> LookForNew(const Ledger& ledger);
  // The vault knows these now.
  void SetNoted(std::span<const UsedBefore> noted);

  // Begins the epoch again for every device of which no step was consumed in it.
  void BeginAgain(Ledger& ledger, const BirthRule& rule, EpochMove move) const;
  // The devices whose used steps lie ahead of a birth at the present.
  std::vector<DeviceAhead> FindAhead(const Ledger& ledger, const BirthRule& rule) const;
  // Forgets the uses of such a device, in the ledger too, unless that was done already: what has
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

  // The known uses of a device, with those of its word.
  static TimeStep UsedOf(const Steps& steps, layout::UseWord word);

  std::vector<Steps> by_slot_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_USED_STEPS_H_
