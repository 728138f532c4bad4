#ifndef TWOFACTOR_HELPERD_TWOFACTORD_HARDENING_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_HARDENING_H_

#include "common/base/result.h"

namespace twofactor {

// No core dumps, no debugger of the same user, files for the owner alone. Before anything secret is
// read.
void ForbidDumps();

// Keeps every page that is touched out of swap, now and later. Fails with kUnavailable where
// RLIMIT_MEMLOCK does not allow it.
Result<void> LockMemory();

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_HARDENING_H_
