#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_RATE_LIMIT_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_RATE_LIMIT_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <map>

#include "common/base/clock.h"

namespace twofactor {

// So many events a minute by key, with as many at once: a token bucket for each key that was seen
// lately. Not synchronised.
template <typename Key>
class RateLimit {
 public:
  // `per_minute` 0: no limit.
  explicit RateLimit(int per_minute) : per_minute_(per_minute) {}

  // Takes one event of `key`. Zero: it may go on; else how long until one may.
  std::chrono::seconds Take(const Key& key, BootTime now);

 private:
  struct Bucket {
    double filled;
    BootTime at;
  };
  // Buckets that are full again say nothing; they are dropped when there are this many.
  static constexpr std::size_t kMaxBuckets = 4096;

  double Level(const Bucket& bucket, BootTime now) const;
  void DropFull(BootTime now);

  int per_minute_;
  std::map<Key, Bucket> buckets_;
};

extern template class RateLimit<uid_t>;

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_RATE_LIMIT_H_
