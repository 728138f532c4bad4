#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RIGHTS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RIGHTS_H_

#include <sys/types.h>

#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace twofactor {

// The user that the daemon runs as when root starts it without systemd.
struct DaemonUser {
  uid_t uid;
  gid_t gid;
};

// None where the system has no user of that name.
std::optional<DaemonUser> FindDaemonUser();

// Opens a directory for reading. Fails with kUnavailable where it is not there, or is a symbolic
// link, which may lead to a directory of somebody else's.
Result<UniqueFd> OpenDirectory(const std::string& path);

// Makes the directory, if it is not there, with this mode, and gives it to `owner`. Fails as
// OpenDirectory does, and then has changed nothing that was there.
Result<void> MakeDirectory(const std::string& path, mode_t mode, std::optional<DaemonUser> owner);

// Becomes that user for good, without supplementary groups. Fails with kInternal where that did not
// work, or could be taken back.
Result<void> BecomeUser(DaemonUser user);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RIGHTS_H_
