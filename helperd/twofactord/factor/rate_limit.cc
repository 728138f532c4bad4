#include "helperd/twofactord/factor/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace twofactor {

template <typename Key>
std::chrono::seconds RateLimit<Key>::Take(const Key& key, BootTime now) {
  if (per_minute_ == 0) {
    return std::chrono::seconds(0);
  }
  DropFull(now);
  const double full = per_minute_;
  auto& bucket = buckets_.try_emplace(key, Bucket{full, now}).first->second;
  bucket = {Level(bucket, now), now};
  if (bucket.filled < 1) {
    const double missing = (1 - bucket.filled) * 60 / per_minute_;
    return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(missing)));
  }
  bucket.filled -= 1;
  return std::chrono::seconds(0);
}

template <typename Key>
double RateLimit<Key>::Level(const Bucket& bucket, BootTime now) const {
  const auto elapsed = static_cast<double>((now - bucket.at).count());
  return std::min<double>(bucket.filled + elapsed * per_minute_ / 60, per_minute_);
}

template <typename Key>
void RateLimit<Key>::DropFull(BootTime now) {
  if (buckets_.size() < kMaxBuckets) {
    return;
  }
  std::erase_if(buckets_,
                [this, now](const auto& entry) { return Level(entry.second, now) >= per_minute_; });
}

template class RateLimit<uid_t>;

}  // namespace twofactor
