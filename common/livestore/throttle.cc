#include "common/livestore/throttle.h"

#include <algorithm>
#include <limits>

namespace twofactor {
namespace {

std::chrono::seconds WaitAfter(int failures, const ThrottlePolicy& policy) {
  if (failures < policy.free_tries) {
    return std::chrono::seconds(0);
  }
  // Twenty doublings exceed every maximum, and the shift stays within the type.
  const int doublings = std::min(failures - policy.free_tries, 20);
  return std::min(policy.first_wait * (std::int64_t{1} << doublings), policy.longest_wait);
}

}  // namespace

ThrottleDecision DecideTry(layout::FailuresWord word, const ThrottlePolicy& policy, BootTime now) {
  const std::chrono::seconds boot = now.time_since_epoch();
  // A last attempt in the future is from another boot, or damaged: it waits in full from now on,
  // but no longer.
  const auto last = std::min(std::chrono::seconds(word.last_try), boot);
  const auto elapsed = boot - last;
  const int failures = elapsed >= policy.forget_after ? 0 : word.count;
  const auto wait = WaitAfter(failures, policy);
  const int charged = std::min<int>(failures + 1, std::numeric_limits<std::uint16_t>::max());
  return {
      .wait = std::max(wait - elapsed, std::chrono::seconds(0)),
      .charged = {static_cast<std::uint16_t>(charged), static_cast<std::uint64_t>(boot.count())}};
}

}  // namespace twofactor
