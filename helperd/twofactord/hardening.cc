#include "helperd/twofactord/hardening.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>

namespace twofactor {

void ForbidDumps() {
  prctl(PR_SET_DUMPABLE, 0);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  umask(077);
}

Result<void> LockMemory() {
  if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
    return Fail(Error::FromErrno(
        ErrorCode::kUnavailable,
        "lock memory (raise LimitMEMLOCK=, or forbid swap for this service)", errno));
  }
  return {};
}

}  // namespace twofactor
