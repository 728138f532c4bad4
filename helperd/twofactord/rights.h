#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RIGHTS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RIGHTS_H_

#include <sys/types.h>

#include <optional>
#include <string>

#include "common/base/result.h"

namespace twofactor {

// The user that the daemon runs as when root starts it without systemd.
struct DaemonUser {
  uid_t uid;
  gid_t gid;
};

// None where the system has no user of that name.
std::optional<DaemonUser> FindDaemonUser();

// Makes the directory, if it is not there, with this mode and owner. Fails with kUnavailable.
Result<void> MakeDirectory(const std::string& path, mode_t mode, std::optional<DaemonUser> owner);

// Becomes that user for good, without supplementary groups. Fails with kInternal where that did not
// work, or could be taken back.
Result<void> BecomeUser(DaemonUser user);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RIGHTS_H_
