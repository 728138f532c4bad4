#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_MAKE_LISTENER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_MAKE_LISTENER_H_

#include <sys/types.h>

#include <string>

#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace twofactor {

// Makes a listening local stream socket at `path` with this mode, replacing what was there. It gets
// its name when it is ready, so nobody can connect before. Close-on-exec. Fails with kUnavailable,
// naming the step.
Result<UniqueFd> MakeListener(const std::string& path, mode_t mode);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_MAKE_LISTENER_H_
