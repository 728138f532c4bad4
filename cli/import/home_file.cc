#include "cli/import/home_file.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "cli/import/google_authenticator.h"
#include "cli/translate.h"
#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

// What the child says first, before the file's bytes.
enum class Verdict : std::uint8_t { kFile, kNoFile, kNotOpened, kNotUsable, kNotTheUser };

// Room for one byte too many, and the verdict.
constexpr std::size_t kMaxAnswerBytes = kMaxGoogleFileBytes + 2;

// -1 means "as it is" to setresuid(2).
constexpr uid_t kNoId = static_cast<uid_t>(-1);

// For good: with the saved ids set, too, there is no way back. The kernel makes the process
// undumpable with that, so that the user cannot look into it; the last line does not rely on it.
bool BecomeUser(const Account& account) {
  return account.uid != kNoId && account.gid != kNoId &&
         initgroups(account.name.c_str(), account.gid) == 0 &&
         setresgid(account.gid, account.gid, account.gid) == 0 &&
         setresuid(account.uid, account.uid, account.uid) == 0 && geteuid() == account.uid &&
         prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

bool MayBeUsed(int file, uid_t owner) {
  struct stat found {};
  return fstat(file, &found) == 0 && S_ISREG(found.st_mode) && found.st_uid == owner &&
         (found.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

void Write(int pipe, const void* bytes, std::size_t size) {
  const char* rest = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t count = write(pipe, rest, size);
    if (count <= 0) {
      return;
    }
    rest += count;
    size -= static_cast<std::size_t>(count);
  }
}

Verdict OpenFile(const char* path, uid_t owner, UniqueFd& file) {
  file.Reset(open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!file.valid()) {
    return errno == ENOENT || errno == ENOTDIR ? Verdict::kNoFile : Verdict::kNotOpened;
  }
  return MayBeUsed(file.get(), owner) ? Verdict::kFile : Verdict::kNotUsable;
}

// All of the child's life. The bytes are in no buffer but this one.
[[noreturn]] void RunChild(const Account& account, const char* path, int pipe) {
  UniqueFd file;
  const Verdict verdict =
      BecomeUser(account) ? OpenFile(path, account.uid, file) : Verdict::kNotTheUser;
  Write(pipe, &verdict, sizeof verdict);
  std::array<char, 4096> buffer{};
  ssize_t count = 0;
  std::size_t total = 0;
  while (verdict == Verdict::kFile && total <= kMaxGoogleFileBytes &&
         (count = read(file.get(), buffer.data(), buffer.size())) > 0) {
    Write(pipe, buffer.data(), static_cast<std::size_t>(count));
    total += static_cast<std::size_t>(count);
  }
  WipeMemory(buffer.data(), buffer.size());
  _exit(count < 0 ? 1 : 0);
}

int MillisecondsTo(Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

// False where the deadline passed or the read failed.
bool ReadAnswer(int pipe, Deadline deadline, SecretBytes& answer) {
  std::size_t size = 0;
  while (size < answer.size()) {
    pollfd waiting{pipe, POLLIN, 0};
    const int ready = poll(&waiting, 1, MillisecondsTo(deadline));
    if (ready < 0 && errno == EINTR) {
      continue;
    }
    if (ready <= 0) {
      return false;
    }
    const ssize_t count = read(pipe, answer.mutable_bytes().data() + size, answer.size() - size);
    if (count < 0) {
      return false;
    }
    if (count == 0) {
      break;
    }
    size += static_cast<std::size_t>(count);
  }
  answer.Truncate(size);
  return true;
}

// Whether the child ended well. One that hangs in a file system cannot be killed, and is left.
bool Reap(pid_t child, Deadline deadline) {
  int status = 0;
  for (;;) {
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) {
      return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    if (ended < 0 && errno != EINTR) {
      return false;
    }
    if (MillisecondsTo(deadline) == 0) {
      kill(child, SIGKILL);
      waitpid(child, &status, WNOHANG);
      return false;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

Result<std::optional<SecretBytes>> Judge(const SecretBytes& answer, const std::string& path) {
  switch (static_cast<Verdict>(answer.bytes().front())) {
    case Verdict::kNoFile:
      return std::optional<SecretBytes>();
    case Verdict::kNotOpened:
      return Fail(
          ErrorCode::kNotPermitted,
          Say("%1 cannot be opened by its user, or is a link: make it a file of the user", path));
    case Verdict::kNotUsable:
      return Fail(ErrorCode::kNotPermitted,
                  Say("%1 is not a regular file that the user owns and nobody else may use: as it"
                      " is, pam_google_authenticator takes no code of it",
                      path));
    case Verdict::kNotTheUser:
      return Fail(ErrorCode::kNotPermitted,
                  Say("cannot become the user: call twofactorctl as root"));
    case Verdict::kFile:
      break;
  }
  const auto bytes = answer.bytes().subspan(sizeof(Verdict));
  if (bytes.size() > kMaxGoogleFileBytes) {
    return Fail(ErrorCode::kTooLarge, Say("%1 has more than 64 KiB", path));
  }
  return std::optional(SecretBytes::CopyOf(bytes));
}

}  // namespace

Result<std::string> PathFor(const std::string& pattern, const Account& account) {
  std::string path;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      path += pattern[i];
      continue;
    }
    const char kind = ++i < pattern.size() ? pattern[i] : '\0';
    if (kind != 'h' && kind != 'u' && kind != '%') {
      return Fail(ErrorCode::kInvalidParams, Say("--path knows %h, %u and %%"));
    }
    path += kind == 'h' ? account.home : kind == 'u' ? account.name : std::string("%");
  }
  if (path.empty() || path.front() != '/') {
    return Fail(ErrorCode::kInvalidParams, Say("'%1' is not an absolute path", path));
  }
  return path;
}

Result<std::optional<SecretBytes>> ReadAsUser(const Account& account, const std::string& path,
                                              std::chrono::milliseconds timeout) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kInternal, Say("make a pipe"), errno));
  }
  UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  const Deadline deadline = std::chrono::steady_clock::now() + timeout;
  const pid_t child = fork();
  if (child < 0) {
    return Fail(Error::FromErrno(ErrorCode::kInternal, Say("start a process"), errno));
  }
  if (child == 0) {
    RunChild(account, path.c_str(), writing.get());
  }
  writing.Reset();
  SecretBytes answer(kMaxAnswerBytes);
  const bool whole = ReadAnswer(reading.get(), deadline, answer);
  reading.Reset();
  const bool ended_well = Reap(child, whole ? deadline : Deadline{});
  if (!whole) {
    return Fail(ErrorCode::kTimedOut, Say("%1 did not answer in time", path));
  }
  if (answer.empty() || (!ended_well && answer.size() < kMaxAnswerBytes)) {
    return Fail(ErrorCode::kUnavailable, Say("%1 cannot be read", path));
  }
  return Judge(answer, path);
}

}  // namespace twofactor
