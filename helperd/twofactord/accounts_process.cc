#include "helperd/twofactord/accounts_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <string>

#include "helperd/twofactord/rpc/make_listener.h"

namespace twofactor {
namespace {

Result<std::string> PathBeside(const char* program) {
  std::array<char, PATH_MAX> own{};
  const ssize_t size = readlink("/proc/self/exe", own.data(), own.size());
  if (size <= 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "find the program's own path", errno));
  }
  const std::string path(own.data(), static_cast<std::size_t>(size));
  return path.substr(0, path.rfind('/') + 1) + program;
}

[[noreturn]] void Execute(const std::string& program, int listener, uid_t daemon_uid,
                          pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) {
    _exit(0);
  }
  fcntl(listener, F_SETFD, 0);
  const std::string fd = std::to_string(listener);
  const std::string uid = std::to_string(daemon_uid);
  execl(program.c_str(), "twofactor-accounts", "--listen-fd", fd.c_str(), "--peer-uid", uid.c_str(),
        nullptr);
  _exit(127);
}

}  // namespace

Result<void> StartAccountsProcess(const RunPaths& paths, uid_t daemon_uid) {
  const auto program = PathBeside("twofactor-accounts");
  if (!program) {
    return Fail(program.error());
  }
  if (access(program->c_str(), X_OK) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "start " + *program, errno));
  }
  const auto listener = MakeListener(paths.AccountsSocket(), 0600);
  if (!listener) {
    return Fail(listener.error());
  }
  if (geteuid() == 0 && chown(paths.AccountsSocket().c_str(), daemon_uid, gid_t(-1)) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "give the accounts socket away", errno));
  }
  // twofactor-accounts blocks in accept; the daemon's listeners do not.
  fcntl(listener->get(), F_SETFL, 0);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    Execute(*program, listener->get(), daemon_uid, parent);
  }
  return child > 0 ? Result<void>()
                   : Fail(Error::FromErrno(ErrorCode::kUnavailable, "start " + *program, errno));
}

}  // namespace twofactor
