#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_TOKEN_BUCKET_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_TOKEN_BUCKET_H_

#include <chrono>

namespace twofactor {

// A token bucket: so much a second on average, so much at once. A pure policy; time is an
// argument. Not synchronised.
class TokenBucket {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  // It starts full.
  TokenBucket(double per_second, double at_once, Moment now);

  // Takes one; false: there is none left now.
  bool Take(Moment now);
  // Takes what has been used already. What there was not is owed: at most what a second brings, so
  // that nobody waits longer than that.
  void Charge(double used, Moment now);
  // How long something will be owed yet; zero: nothing is.
  std::chrono::milliseconds Debt(Moment now) const;
  // Is more owed than half a second brings?
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
