#include "tests/bench/login_worker.h"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <sstream>
#include <stdexcept>

namespace twofactor::bench {
namespace {

constexpr std::size_t kMaxRequest = 1024;

[[noreturn]] void Serve(int channel, const std::string& confdir) {
  std::array<char, kMaxRequest> buffer{};
  ssize_t count = 0;
  while ((count = recv(channel, buffer.data(), buffer.size(), 0)) > 0) {
    std::istringstream words(std::string(buffer.data(), static_cast<std::size_t>(count)));
    std::string service;
    Attempt attempt;
    words >> service >> attempt.user >> attempt.code;
    const LoginResult result = LogIn(confdir, service, attempt);
    send(channel, &result, sizeof result, 0);
  }
  _exit(0);
}

}  // namespace

LoginWorker::LoginWorker(const std::string& confdir, uid_t uid) {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    throw std::runtime_error("make a pair of sockets");
  }
  channel_ = UniqueFd(pair[0]);
  process_ = fork();
  if (process_ == 0) {
    close(pair[0]);
    if (setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, uid) != 0) {
      _exit(1);
    }
    Serve(pair[1], confdir);
  }
  close(pair[1]);
}

LoginWorker::~LoginWorker() {
  channel_.Reset();
  waitpid(process_, nullptr, 0);
}

LoginResult LoginWorker::LogIn(const std::string& service, const Attempt& attempt) {
  const std::string request = service + " " + attempt.user + " " + attempt.code;
  LoginResult result{};
  if (send(channel_.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0 ||
      recv(channel_.get(), &result, sizeof result, 0) != sizeof result) {
    throw std::runtime_error("the process that logs in is gone");
  }
  return result;
}

LoginResult LogInFresh(const std::string& program, const std::string& confdir,
                       const std::string& service, const Attempt& attempt) {
  std::array<std::string, 5> words = {program, confdir, service, attempt.user, attempt.code};
  std::array<char*, 6> arguments{};
  for (std::size_t i = 0; i < words.size(); ++i) {
    arguments[i] = words[i].data();
  }
  const std::int64_t start = NowNanoseconds();
  pid_t process = 0;
  int status = 0;
  if (posix_spawn(&process, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0 ||
      waitpid(process, &status, 0) != process || !WIFEXITED(status)) {
    throw std::runtime_error("run " + program);
  }
  return {WEXITSTATUS(status), NowNanoseconds() - start};
}

}  // namespace twofactor::bench
