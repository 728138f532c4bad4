#ifndef TWOFACTOR_HELPERD_TWOFACTORD_SOCKETS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_SOCKETS_H_

#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace twofactor {

// The API's listening socket: the one that systemd passed (sd_listen_fds(3)), else a new one in the
// run directory, mode 0666. Fails with kUnavailable.
Result<UniqueFd> TakeApiSocket(const RunPaths& paths);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_SOCKETS_H_
