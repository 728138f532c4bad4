#include "common/livestore/store_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace twofactor {

namespace {

ErrorCode WhyNotOpened(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::kUnavailable;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::kNotPermitted;
    case ELOOP:
      return ErrorCode::kCorrupt;
    default:
      return ErrorCode::kInternal;
  }
}

}  // namespace

Result<UniqueFd> OpenStoreFile(const std::string& path, StoreAccess access, uid_t owner) {
  const int mode = access == StoreAccess::kRead ? O_RDONLY : O_RDWR;
  // Nonblocking, so that something else under this name, such as a FIFO, cannot delay a login.
  UniqueFd file = AboveStandard(
      UniqueFd(open(path.c_str(), mode | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)));
  if (!file.valid()) {
    const int error = errno;
    return Fail(Error::FromSystemCall(WhyNotOpened(error), "open " + path, error));
  }
  struct stat status {};
  if (fstat(file.get(), &status) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kInternal, "examine " + path, errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return Fail(ErrorCode::kCorrupt, path + " is not a regular file");
  }
  if ((status.st_uid != 0 && status.st_uid != owner) || (status.st_mode & 077) != 0) {
    return Fail(ErrorCode::kCorrupt,
                path + " does not have the owner and mode that the daemon sets");
  }
  return file;
}

Result<uid_t> OwnerOfDirectory(const std::string& directory) {
  struct stat status {};
  if (stat(directory.c_str(), &status) != 0) {
    const int error = errno;
    return Fail(Error::FromSystemCall(WhyNotOpened(error), "examine " + directory, error));
  }
  if (!S_ISDIR(status.st_mode) || (status.st_mode & 022) != 0) {
    return Fail(ErrorCode::kCorrupt,
                directory + " is not a directory that only its owner may write to");
  }
  return status.st_uid;
}

Result<void> ReadFully(int fd, std::uint64_t offset, std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return Fail(Error::FromErrno(ErrorCode::kInternal, "read the live store", errno));
    }
    if (count == 0) {
      return Fail(ErrorCode::kCorrupt, "a file of the live store ends too early");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  // A CPU that reorders loads must not perform a later read's loads before these.
  std::atomic_thread_fence(std::memory_order_acquire);
  return {};
}

Result<std::uint64_t> SizeOf(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kInternal, "examine the live store", errno));
  }
  return static_cast<std::uint64_t>(status.st_size);
}

bool HasName(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && status.st_nlink != 0;
}

Result<void> CheckFileHeader(const layout::FileHeader& header, const ExpectedHeader& expected,
                             std::uint64_t checksum) {
  if (header.magic != expected.magic) {
    return Fail(ErrorCode::kCorrupt,
                "a file of the live store is not of the kind that its name says");
  }
  if (header.version != expected.version) {
    return Fail(ErrorCode::kUnknownVersion,
                "the live store has version " + std::to_string(header.version) +
                    ", from another twofactord; this program understands version " +
                    std::to_string(expected.version));
  }
  if (header.header_bytes != expected.header_bytes || header.checksum != checksum) {
    return Fail(ErrorCode::kCorrupt, "a header of the live store is damaged");
  }
  return {};
}

}  // namespace twofactor
