#include "common/base/unique_fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace twofactor {

void UniqueFd::Reset(int fd) {
  if (fd_ >= 0) {
    close(fd_);
  }
  fd_ = fd;
}

UniqueFd AboveStandard(UniqueFd fd) {
  if (fd.get() > STDERR_FILENO || !fd.valid()) {
    return fd;
  }
  UniqueFd copy(fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  // fcntl(2) returns EINVAL if the limit is 3 or less.
  const int error = errno == EINVAL ? EMFILE : errno;
  fd.Reset();
  errno = error;
  return copy;
}

}  // namespace twofactor
