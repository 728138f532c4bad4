#include "cli/stack/stack_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <string_view>

#include "cli/doctor/pam_folder.h"
#include "cli/folder_of.h"
#include "cli/import/whole_file.h"
#include "cli/translate.h"
#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

constexpr std::size_t kMostStackBytes = 1024UL * 1024;
constexpr mode_t kModeOfNew = 0644;

Error FailedStep(const std::string& step, int error) {
  const bool refused = error == EACCES || error == EPERM;
  return Error::FromErrno(refused ? ErrorCode::kNotPermitted : ErrorCode::kUnavailable, step,
                          error);
}

struct Kept {
  std::string text;
  struct stat status;
};

// None where there is no file.
Result<std::optional<Kept>> ReadKept(const std::string& path) {
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid() && errno == ENOENT) {
    return std::nullopt;
  }
  if (!file.valid() && errno == ELOOP) {
    return Fail(ErrorCode::kConflict,
                Say("%1 is a link: what it points to belongs to another tool", path));
  }
  Kept kept{"", {}};
  if (!file.valid() || fstat(file.get(), &kept.status) != 0) {
    return Fail(FailedStep(Say("open %1", path), errno));
  }
  const auto text = ReadToEnd(file.get(), kMostStackBytes);
  if (!text) {
    return Fail(text.error().Under(path));
  }
  kept.text = std::string(text->text());
  return kept;
}

bool WriteWhole(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(file, text.data(), text.size());
    if (count <= 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// A new file with these bytes, on disk, with the owner and the mode of another.
Result<void> Make(const std::string& path, std::string_view text, const struct stat& like) {
  const UniqueFd file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  constexpr mode_t kPermissionBits = 07777;
  if (file.valid() && WriteWhole(file.get(), text) &&
      fchown(file.get(), like.st_uid, like.st_gid) == 0 &&
      fchmod(file.get(), like.st_mode & kPermissionBits) == 0 && fsync(file.get()) == 0) {
    return {};
  }
  const int error = errno;
  if (file.valid()) {
    unlink(path.c_str());
  }
  return Fail(FailedStep(Say("write %1", path), error));
}

Result<void> Settled(const std::string& path) {
  const UniqueFd folder(open(FolderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.valid() && fsync(folder.get()) == 0
             ? Result<void>()
             : Fail(FailedStep(Say("write %1", path), errno));
}

struct stat StatusOfNew() {
  struct stat status {};
  status.st_uid = geteuid();
  status.st_gid = getegid();
  status.st_mode = kModeOfNew;
  return status;
}

}  // namespace

StackFile::StackFile(const std::string& root, const std::string& service)
    : path_("/etc/pam.d/" + service),
      backup_(path_ + kBeforeTwofactor),
      file_((root == "/" ? "" : root) + path_),
      backup_file_((root == "/" ? "" : root) + backup_) {}

// The very first file is what an administrator wants back, whatever was written since.
Result<void> StackFile::Keep() const {
  const auto there = ReadKept(backup_file_);
  if (!there || *there) {
    return there ? Result<void>() : Fail(there.error());
  }
  const auto kept = ReadKept(file_);
  if (!kept) {
    return Fail(kept.error());
  }
  return *kept ? Make(backup_file_, (*kept)->text, (*kept)->status)
               : Make(backup_file_, "", StatusOfNew());
}

Result<void> StackFile::Write(const std::string& before, const std::string& text) const {
  const auto there = ReadKept(file_);
  if (!there) {
    return Fail(there.error());
  }
  // What is there may also be the vendor's, in another folder.
  if (*there && (*there)->text != before) {
    return Fail(ErrorCode::kConflict, Say("%1 has changed meanwhile: try again", path_));
  }
  if (const auto kept = Keep(); !kept) {
    return kept;
  }
  const std::string beside = FolderOf(file_) + ".twofactor-new";
  unlink(beside.c_str());
  const auto made = Make(beside, text, *there ? (*there)->status : StatusOfNew());
  if (!made) {
    return made;
  }
  if (std::rename(beside.c_str(), file_.c_str()) != 0) {
    const int error = errno;
    unlink(beside.c_str());
    return Fail(FailedStep(Say("write %1", path_), error));
  }
  return Settled(file_);
}

Result<void> StackFile::Undo() const {
  const auto kept = ReadKept(backup_file_);
  if (!kept) {
    return Fail(kept.error());
  }
  if (!*kept) {
    return Fail(ErrorCode::kConflict, Say("there is no %1: nothing was written", backup_));
  }
  const bool was_none = (*kept)->text.empty();
  if (was_none && unlink(file_.c_str()) != 0 && errno != ENOENT) {
    return Fail(FailedStep(Say("remove %1", path_), errno));
  }
  const int done =
      was_none ? unlink(backup_file_.c_str()) : std::rename(backup_file_.c_str(), file_.c_str());
  return done == 0 ? Settled(file_) : Fail(FailedStep(Say("write %1", path_), errno));
}

}  // namespace twofactor
