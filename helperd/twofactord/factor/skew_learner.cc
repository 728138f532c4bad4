#include "helperd/twofactord/factor/skew_learner.h"

#include <cmath>
#include <cstdlib>

namespace twofactor {

std::optional<int> SkewLearner::Note(std::uint64_t slot, std::uint32_t generation,
                                     TimeStep now_step, TimeStep step) {
  const int skew = static_cast<int>(std::int64_t{step} - std::int64_t{now_step});
  if (seen_.size() >= kMaxDevicesSeen && !seen_.contains(slot)) {
    seen_.clear();
  }
  const Sightings first{generation, step, skew, skew, 1};
  const auto [entry, is_new] = seen_.try_emplace(slot, first);
  if (is_new) {
    return std::nullopt;
  }
  Sightings& seen = entry->second;
  if (seen.generation == generation && step == seen.last_step) {
    return std::nullopt;
  }
  const bool continues = seen.generation == generation && step > seen.last_step &&
                         std::abs(skew - seen.first_skew) <= 1;
  if (!continues) {
    seen = first;
    return std::nullopt;
  }
  seen = {generation, step, seen.first_skew, seen.sum + skew, seen.count + 1};
  if (seen.count < kSightings) {
    return std::nullopt;
  }
  const double mean = double{1} * seen.sum / seen.count;
  seen_.erase(entry);
  return static_cast<int>(std::lround(mean));
}

}  // namespace twofactor
