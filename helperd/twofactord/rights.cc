#include "helperd/twofactord/rights.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/paths.h"

namespace twofactor {

std::optional<DaemonUser> FindDaemonUser() {
  const passwd* entry = getpwnam(kDaemonUser.data());
  if (entry == nullptr) {
    return std::nullopt;
  }
  return DaemonUser{entry->pw_uid, entry->pw_gid};
}

Result<void> MakeDirectory(const std::string& path, mode_t mode, std::optional<DaemonUser> owner) {
  const bool made = mkdir(path.c_str(), mode) == 0;
  if (!made && errno != EEXIST) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "make the directory " + path, errno));
  }
  // umask may have taken rights from a new one; one that is there already is its administrator's to
  // set up, but must be the daemon's own.
  if (made && chmod(path.c_str(), mode) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "set the mode of " + path, errno));
  }
  if (owner && chown(path.c_str(), owner->uid, owner->gid) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "set the owner of " + path, errno));
  }
  return {};
}

Result<void> BecomeUser(DaemonUser user) {
  if (setgroups(0, nullptr) != 0 || setresgid(user.gid, user.gid, user.gid) != 0 ||
      setresuid(user.uid, user.uid, user.uid) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kInternal, "drop root's rights", errno));
  }
  if (user.uid != 0 && setuid(0) == 0) {
    return Fail(ErrorCode::kInternal, "root's rights came back after they were dropped");
  }
  // A change of user makes a process dumpable again where the system's settings say so.
  prctl(PR_SET_DUMPABLE, 0);
  return {};
}

}  // namespace twofactor
