#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_CALL_BUDGET_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_CALL_BUDGET_H_

#include <chrono>

namespace twofactor {

// A token bucket: so many calls a second on average, so many at once. A pure policy; time is an
// argument. Not synchronised.
class CallBudget {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  // It starts full.
  CallBudget(int per_second, int at_once, Moment now);

  // Takes one call; false: there is none left now.
  bool Take(Moment now);

 private:
  double per_second_;
  double at_once_;
  double left_;
  Moment at_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_CALL_BUDGET_H_
