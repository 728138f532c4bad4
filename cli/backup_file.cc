#include "cli/backup_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "cli/folder_of.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

constexpr std::string_view kStandardStream = "-";
// Longer than every line that the daemon takes.
constexpr std::size_t kMaxBackupLineBytes = 64UL * 1024;

Error WriteFailed(const std::string& path, int error) {
  return Error::FromErrno(ErrorCode::kInternal, Say("write %1", path), error);
}

Error IsThere(const std::string& path) {
  return Error(ErrorCode::kConflict,
               Say("%1 exists; nothing was written (use --force to replace it)", path));
}

// A link counts as what it is, and is not followed.
Result<void> CheckName(const std::string& path, bool replace) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    return errno == ENOENT ? Result<void>() : Fail(WriteFailed(path, errno));
  }
  if (!replace) {
    return Fail(IsThere(path));
  }
  if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode)) {
    return Fail(ErrorCode::kConflict, Say("%1 is not a regular file; nothing was written", path));
  }
  return {};
}

// The new name, too, survives a power cut.
Result<void> SyncFolder(const std::string& path) {
  const UniqueFd folder(open(FolderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.valid() && fsync(folder.get()) == 0 ? Result<void>()
                                                    : Fail(WriteFailed(path, errno));
}

}  // namespace

Result<BackupFileWriter> BackupFileWriter::Open(const std::string& path, bool replace) {
  BackupFileWriter writer(path, replace);
  if (path == kStandardStream) {
    writer.file_.Reset(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    return writer;
  }
  if (const auto checked = CheckName(path, replace); !checked) {
    return Fail(checked.error());
  }
  // mkostemp(3): a new file (O_EXCL) of mode 0600.
  std::string temporary = path + ".XXXXXX";
  writer.file_.Reset(mkostemp(temporary.data(), O_CLOEXEC));
  if (!writer.file_.valid()) {
    return Fail(WriteFailed(path, errno));
  }
  writer.temporary_ = std::move(temporary);
  return writer;
}

BackupFileWriter::BackupFileWriter(BackupFileWriter&& other) noexcept
    : path_(std::move(other.path_)),
      replace_(other.replace_),
      temporary_(std::exchange(other.temporary_, {})),
      file_(std::move(other.file_)) {}

BackupFileWriter::~BackupFileWriter() {
  if (!temporary_.empty()) {
    unlink(temporary_.c_str());
  }
}

Result<void> BackupFileWriter::WriteLine(const std::string& line) {
  const std::string text = line + "\n";
  for (std::size_t written = 0; written < text.size();) {
    const ssize_t count = write(file_.get(), &text[written], text.size() - written);
    if (count < 0 && errno != EINTR) {
      return Fail(WriteFailed(path_, errno));
    }
    written += count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  return {};
}

Result<void> BackupFileWriter::Finish() {
  if (temporary_.empty()) {
    return {};
  }
  if (fsync(file_.get()) != 0) {
    return Fail(WriteFailed(path_, errno));
  }
  const unsigned flags = replace_ ? 0 : RENAME_NOREPLACE;
  if (renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), flags) != 0) {
    return Fail(errno == EEXIST ? IsThere(path_) : WriteFailed(path_, errno));
  }
  temporary_.clear();
  return SyncFolder(path_);
}

Result<BackupFileReader> BackupFileReader::Open(const std::string& path) {
  UniqueFd file(path == kStandardStream ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                        : open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    return Fail(Error::FromErrno(ErrorCode::kInvalidParams, Say("open %1", path), errno));
  }
  return BackupFileReader(std::move(file));
}

Result<std::optional<std::string>> BackupFileReader::ReadLine() {
  for (std::size_t end = buffered_.find('\n'); end == std::string::npos;) {
    std::array<char, 16384> more{};
    const ssize_t count = read(file_.get(), more.data(), more.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return Fail(Error::FromErrno(ErrorCode::kInternal, Say("read the backup"), errno));
    }
    if (count == 0 && buffered_.empty()) {
      return std::nullopt;
    }
    if (count == 0 || buffered_.size() > kMaxBackupLineBytes) {
      return Fail(ErrorCode::kCorrupt, count == 0 ? Say("the backup is truncated")
                                                  : Say("this is not a backup of twofactor"));
    }
    const std::size_t before = buffered_.size();
    buffered_.append(more.data(), static_cast<std::size_t>(count));
    end = buffered_.find('\n', before);
  }
  const std::size_t end = buffered_.find('\n');
  std::string line = buffered_.substr(0, end);
  buffered_.erase(0, end + 1);
  return line;
}

}  // namespace twofactor
