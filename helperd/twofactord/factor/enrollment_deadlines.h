#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_ENROLLMENT_DEADLINES_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_ENROLLMENT_DEADLINES_H_

#include <functional>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/livestore/verifier.h"

namespace twofactor {

// When users were first asked to enrol at a login (pam_twofactor(8), enroll=required:DAYS).
class EnrollmentDeadlines {
 public:
  virtual ~EnrollmentDeadlines() = default;
  // Gives the moment at which the account was first asked; it is `now`, and durable before the
  // answer, where it never was. Fails with kUnavailable where it could not be made durable.
  virtual void FirstAsked(const Account& account, WallTime now,
                          std::function<void(Result<WallTime>)> done) = 0;
};

// How many days, begun ones included, a login still goes on without: 0 once the last is over, and
// never more than `grace_days`, whatever the clock was at first. A pure function.
int DaysLeft(WallTime first_asked, WallTime now, int grace_days);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_ENROLLMENT_DEADLINES_H_
