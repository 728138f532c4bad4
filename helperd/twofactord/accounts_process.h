#ifndef TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_PROCESS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_PROCESS_H_

#include <sys/types.h>

#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace twofactor {

// Without systemd: makes the accounts socket, for `daemon_uid` alone, and starts twofactor-accounts
// on it, with this process' rights. The program lies beside this one, and ends when the result is
// closed, at the latest with this process. (PR_SET_PDEATHSIG does not do it: a parent that dropped
// root's rights may not signal a child that has them.) Fails with kUnavailable.
Result<UniqueFd> StartAccountsProcess(const RunPaths& paths, uid_t daemon_uid);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_PROCESS_H_
