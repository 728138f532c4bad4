#include "helperd/twofactord/first_vault.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

bool HasName(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0;
}

Result<void> SyncDirectory(const std::string& path) {
  const UniqueFd directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid() || fsync(directory.get()) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "make " + path + " durable", errno));
  }
  return {};
}

}  // namespace

Result<void> AllowNewVault(const StatePaths& paths) {
  if (HasName(paths.Vault())) {
    return Fail(ErrorCode::kConflict, "there is a vault at " + paths.Vault() +
                                          ": move it away first to start without it; nothing was"
                                          " changed");
  }
  if (mkdir(paths.directory().c_str(), 0700) != 0 && errno != EEXIST) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "make the directory " + paths.directory(),
                                 errno));
  }
  const std::string path = paths.NewVault();
  const UniqueFd file(open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.valid() || fsync(file.get()) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "make " + path, errno));
  }
  return SyncDirectory(paths.directory());
}

bool MayMakeVault(const StatePaths& paths) { return HasName(paths.NewVault()); }

Result<void> EndNewVault(const StatePaths& paths) {
  if (const auto durable = SyncDirectory(paths.directory()); !durable) {
    return durable;
  }
  if (unlink(paths.NewVault().c_str()) != 0 && errno != ENOENT) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "remove " + paths.NewVault(), errno));
  }
  return SyncDirectory(paths.directory());
}

Error LostVault(const StatePaths& paths, const std::string& state) {
  return Error(ErrorCode::kCorrupt,
               "there is a key, but the vault " + paths.Vault() + " " + state +
                   ": mount its disk, or restore the file from a backup. No empty vault is made in"
                   " its place, which would let users in without a code; to start anew, with"
                   " nobody enrolled, run 'twofactord --new-vault'");
}

}  // namespace twofactor
