#include "helperd/twofactord/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

namespace twofactor {
namespace {

// A daemon that was killed leaves its lock for a moment to a child that is about to become
// twofactor-accounts.
constexpr int kTries = 20;
constexpr std::chrono::milliseconds kBetweenTries{50};

Result<void> Lock(const UniqueFd& file, const std::string& path) {
  for (int tries = 1; flock(file.get(), LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EWOULDBLOCK) {
      return Fail(Error::FromErrno(ErrorCode::kUnavailable, "lock " + path, errno));
    }
    if (tries == kTries) {
      return Fail(ErrorCode::kConflict,
                  "another twofactord uses " + path + ": nothing was changed");
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
  return {};
}

// A daemon that root starts later must not keep out the one that systemd starts as its own user.
// That user owns the directory, and may take a file out of it that a killed process left to root.
Result<UniqueFd> OpenLockFile(int directory, const std::string& path) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd file(openat(directory, "lock", kFlags, 0600));
  if (!file.valid() && (errno == EACCES || errno == ELOOP)) {
    unlinkat(directory, "lock", 0);
    file = UniqueFd(openat(directory, "lock", kFlags, 0600));
  }
  if (!file.valid()) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "open " + path, errno));
  }
  return file;
}

// Somebody may have taken its name away between the open and the lock.
bool HasItsName(int directory, const UniqueFd& file) {
  struct stat opened {};
  struct stat named {};
  return fstat(file.get(), &opened) == 0 &&
         fstatat(directory, "lock", &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

Result<UniqueFd> LockStateDirectory(const StatePaths& paths) {
  auto directory = OpenDirectory(paths.directory());
  if (!directory) {
    return directory;
  }
  const auto locked = Lock(*directory, paths.directory());
  return locked ? std::move(directory) : Fail(locked.error());
}

Result<UniqueFd> LockRunDirectory(const RunPaths& paths, std::optional<DaemonUser> owner) {
  const auto directory = OpenDirectory(paths.directory());
  if (!directory) {
    return Fail(directory.error());
  }
  for (;;) {
    auto file = OpenLockFile(directory->get(), paths.Lock());
    if (!file) {
      return file;
    }
    if (const auto locked = Lock(*file, paths.directory()); !locked) {
      return Fail(locked.error());
    }
    if (owner && fchown(file->get(), owner->uid, owner->gid) != 0) {
      return Fail(
          Error::FromErrno(ErrorCode::kUnavailable, "set the owner of " + paths.Lock(), errno));
    }
    if (HasItsName(directory->get(), *file)) {
      return file;
    }
  }
}

}  // namespace twofactor
