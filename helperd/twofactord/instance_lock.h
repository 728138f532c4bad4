#ifndef TWOFACTOR_HELPERD_TWOFACTORD_INSTANCE_LOCK_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_INSTANCE_LOCK_H_

#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/base/unique_fd.h"
#include "helperd/twofactord/rights.h"

namespace twofactor {

// The right to be the one daemon of a state directory and of a run directory. A daemon takes both
// before it changes anything. The kernel gives them back when the process ends, however it ends.
struct InstanceLock {
  UniqueFd state;
  UniqueFd run;
};

// Locks the state directory itself (flock(2)): it is the daemon's alone, and a directory can be
// locked on a read-only disk, too. Fails with kConflict where another daemon has it and keeps it
// for a second, kUnavailable where it is not there or is a symbolic link. Changes nothing.
Result<UniqueFd> LockStateDirectory(const StatePaths& paths);

// Locks the file `lock` of the run directory, which anybody may open and so must not be locked
// itself. Makes the file, mode 0600, if it is not there, and gives it to `owner`. Fails as above.
Result<UniqueFd> LockRunDirectory(const RunPaths& paths, std::optional<DaemonUser> owner);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_INSTANCE_LOCK_H_
