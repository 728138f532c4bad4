#ifndef TWOFACTOR_TESTS_TIMING_SOCKET_TRY_H_
#define TWOFACTOR_TESTS_TIMING_SOCKET_TRY_H_

#include "common/base/paths.h"
#include "tests/timing/trials.h"

namespace twofactor::timing {

// What a host that is not root does: pam.state, and after it pam.verify, both over one connection
// that is made anew for each login.
Try SocketTry(const RunPaths& paths);

}  // namespace twofactor::timing

#endif  // TWOFACTOR_TESTS_TIMING_SOCKET_TRY_H_
