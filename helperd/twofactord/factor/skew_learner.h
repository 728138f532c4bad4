#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_SKEW_LEARNER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_SKEW_LEARNER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "common/otp/otp_parameters.h"

namespace twofactor {

// Learns that a device's clock is wrong: from three codes in a row, each newer than the last, that
// would be right if its clock were ahead of ours, or behind, by the same count of steps (give or
// take one). What it saw is in memory alone: a restart of the daemon forgets it. Not synchronised.
class SkewLearner {
 public:
  // A code of `step` was typed at `now_step` by our clock, on the device of this slot and
  // generation. Gives the skew once it is known.
  std::optional<int> Note(std::uint64_t slot, std::uint32_t generation, TimeStep now_step,
                          TimeStep step);
  void Forget(std::uint64_t slot) { seen_.erase(slot); }
  void ForgetAll() { seen_.clear(); }

 private:
  static constexpr int kSightings = 3;
  // Beyond this many devices all is forgotten: whoever has so many wrong codes typed is no user.
  static constexpr std::size_t kMaxDevicesSeen = 4096;

  struct Sightings {
    std::uint32_t generation;
    TimeStep last_step;
    int first_skew;
    int sum;  // Of the skews.
    int count;
  };
  std::map<std::uint64_t, Sightings> seen_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_SKEW_LEARNER_H_
