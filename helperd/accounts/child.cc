#include "helperd/accounts/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <utility>

namespace twofactor {
namespace {

constexpr int kCannotStart = 126;

// Runs in the child: opens its three standard files, and no others. No exception reaches the
// parent's code.
[[noreturn]] void Become(int out, int err, pid_t parent,
                         const std::function<int()>& work) noexcept {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit most{Child::kMaxOutputBytes, Child::kMaxOutputBytes};
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (getppid() != parent || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
      dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0 ||
      setrlimit(RLIMIT_FSIZE, &most) != 0 ||
      syscall(SYS_close_range, STDERR_FILENO + 1, UINT_MAX, 0) != 0) {
    _exit(kCannotStart);
  }
  _exit(work());
}

Result<std::string> ReadAll(int file) {
  struct stat status {};
  if (fstat(file, &status) != 0 || status.st_size < 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "read a source's output", errno));
  }
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  const ssize_t count = pread(file, text.data(), text.size(), 0);
  if (count < 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "read a source's output", errno));
  }
  text.resize(static_cast<std::size_t>(count));
  return text;
}

bool WaitUntil(int process, SteadyMoment deadline) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd event{process, POLLIN, 0};
    const auto wait = std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, INT_MAX);
    const int ready = poll(&event, 1, static_cast<int>(wait));
    if (ready > 0 || (ready == 0 && left.count() <= 0)) {
      return ready > 0;
    }
    if (ready < 0 && errno != EINTR) {
      return false;
    }
  }
}

}  // namespace

Result<Child> Child::Start(std::string name, const std::function<int()>& work) {
  UniqueFd out(memfd_create("out", MFD_CLOEXEC));
  UniqueFd err(memfd_create("err", MFD_CLOEXEC));
  if (!out.valid() || !err.valid()) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "start " + name, errno));
  }
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    Become(out.get(), err.get(), parent, work);
  }
  if (pid < 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "start " + name, errno));
  }
  UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!process.valid()) {
    const int error = errno;
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "watch " + name, error));
  }
  return Child(std::move(name), pid, std::move(process), std::move(out), std::move(err));
}

Child::Child(std::string name, pid_t pid, UniqueFd process, UniqueFd out, UniqueFd err)
    : name_(std::move(name)),
      pid_(pid),
      process_(std::move(process)),
      out_(std::move(out)),
      err_(std::move(err)) {}

Child::~Child() {
  if (process_.valid()) {
    // Does not wait: a child that a dead file server blocks ends at some later time.
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, WNOHANG);
  }
}

Result<ChildOutput> Child::Finish(SteadyMoment deadline) {
  if (!WaitUntil(process_.get(), deadline)) {
    return Fail(ErrorCode::kTimedOut, name_ + " did not answer in time");
  }
  int status = 0;
  const pid_t ended = waitpid(pid_, &status, 0);
  process_.Reset();
  auto out = ReadAll(out_.get());
  auto err = ReadAll(err_.get());
  if (ended != pid_ || !out || !err) {
    return Fail(ErrorCode::kUnavailable, "the output of " + name_ + " is lost");
  }
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ChildOutput{code, std::move(*out), std::move(*err)};
}

}  // namespace twofactor
