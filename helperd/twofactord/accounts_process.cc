#include "helperd/twofactord/accounts_process.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <string>
#include <utility>

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

// The descriptors that the other process inherits.
struct Inherited {
  UniqueFd listener;
  UniqueFd leash;
};

[[noreturn]] void Execute(const std::string& program, const Inherited& inherited,
                          uid_t daemon_uid) {
  // It would tell whoever supervises the daemon that the daemon is ready.
  unsetenv("NOTIFY_SOCKET");
  fcntl(inherited.listener.get(), F_SETFD, 0);
  fcntl(inherited.leash.get(), F_SETFD, 0);
  const std::string listener = std::to_string(inherited.listener.get());
  const std::string leash = std::to_string(inherited.leash.get());
  const std::string uid = std::to_string(daemon_uid);
  execl(program.c_str(), "twofactor-accounts", "--listen-fd", listener.c_str(), "--leash-fd",
        leash.c_str(), "--peer-uid", uid.c_str(), nullptr);
  _exit(127);
}

Result<UniqueFd> ListenForDaemon(const RunPaths& paths, uid_t daemon_uid) {
  auto listener = MakeListener(paths.AccountsSocket(), 0600);
  if (!listener) {
    return listener;
  }
  if (geteuid() == 0 && chown(paths.AccountsSocket().c_str(), daemon_uid, gid_t(-1)) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "give the accounts socket away", errno));
  }
  return listener;
}

}  // namespace

Result<UniqueFd> StartAccountsProcess(const RunPaths& paths, uid_t daemon_uid) {
  const auto program = PathBeside("twofactor-accounts");
  if (!program) {
    return Fail(program.error());
  }
  if (access(program->c_str(), X_OK) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "start " + *program, errno));
  }
  auto listener = ListenForDaemon(paths, daemon_uid);
  if (!listener) {
    return listener;
  }
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "start " + *program, errno));
  }
  const Inherited inherited{std::move(*listener), UniqueFd(ends[0])};
  UniqueFd leash(ends[1]);
  const pid_t child = fork();
  if (child == 0) {
    Execute(*program, inherited, daemon_uid);
  }
  if (child < 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "start " + *program, errno));
  }
  return leash;
}

}  // namespace twofactor
