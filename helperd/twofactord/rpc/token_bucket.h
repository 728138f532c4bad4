#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_TOKEN_BUCKET_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_TOKEN_BUCKET_H_

#include <chrono>

namespace twofactor {

// A token bucket: an average rate per second, and a maximum at once. A pure policy; time is an
// argument. Not thread-safe.
class TokenBucket {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  // Starts full.
  TokenBucket(double per_second, double at_once, Moment now);

  // Takes one. Returns false if none is left.
  bool Take(Moment now);
  // Takes what has been used already. What was missing is owed, at most as much as one second
  // brings, so that nobody waits longer than that.
  void Charge(double used, Moment now);
  // Returns how long something will be owed; zero: nothing is.
  std::chrono::milliseconds Debt(Moment now) const;
  // Returns whether more is owed than half a second brings.
  bool IsExhausted(Moment now) const;
  bool IsFull(Moment now) const;

 private:
  double LeftAt(Moment now) const;

  double per_second_;
  double at_once_;
  double left_;
  Moment at_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_TOKEN_BUCKET_H_
