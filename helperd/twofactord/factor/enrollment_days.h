#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_ENROLLMENT_DAYS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_ENROLLMENT_DAYS_H_

#include "common/base/clock.h"

namespace twofactor {

// For how many days, begun ones included, logins of a user who was first asked to enrol at
// `first_asked` still go on without (pam_twofactor(8), enroll=required:DAYS): 0 once the last is
// over, and never more than `grace_days`, whatever the clock was at first. A pure function.
int DaysLeft(WallTime first_asked, WallTime now, int grace_days);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_ENROLLMENT_DAYS_H_
