#ifndef TWOFACTOR_TESTS_TIMING_MODULE_TRY_H_
#define TWOFACTOR_TESTS_TIMING_MODULE_TRY_H_

#include <string>

#include "tests/timing/trials.h"

namespace twofactor::timing {

// A login of `service` in the folder `confdir` through the real libpam, from pam_start to pam_end.
// The module stays loaded from one to the next, which leaves less noise to hide in.
Try ModuleTry(const std::string& confdir, const std::string& service);

}  // namespace twofactor::timing

#endif  // TWOFACTOR_TESTS_TIMING_MODULE_TRY_H_
