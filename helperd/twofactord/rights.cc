#include "helperd/twofactord/rights.h"

#include <fcntl.h>
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

Result<UniqueFd> OpenDirectory(const std::string& path) {
  // A slash at the end would follow a link.
  const std::string name = path.substr(0, path.find_last_not_of('/') + 1);
  UniqueFd directory(open(name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (directory.valid()) {
    return directory;
  }
  const int error = errno;
  struct stat status {};
  if (lstat(name.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) {
    return Fail(ErrorCode::kUnavailable,
                path +
                    " is a symbolic link: name the directory that it leads to; nothing was"
                    " changed");
  }
  return Fail(Error::FromErrno(ErrorCode::kUnavailable, "open the directory " + path, error));
}

Result<void> MakeDirectory(const std::string& path, mode_t mode, std::optional<DaemonUser> owner) {
  const bool made = mkdir(path.c_str(), mode) == 0;
  if (!made && errno != EEXIST) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "make the directory " + path, errno));
  }
  const auto directory = OpenDirectory(path);
  if (!directory) {
    return Fail(directory.error());
  }
  // umask may have taken rights from a new one; one that is there already is its administrator's to
  // set up, but must be the daemon's own.
  if (made && fchmod(directory->get(), mode) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "set the mode of " + path, errno));
  }
  if (owner && fchown(directory->get(), owner->uid, owner->gid) != 0) {
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
