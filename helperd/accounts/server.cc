#include "helperd/accounts/server.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "common/base/peer.h"
#include "helperd/messages/accounts_messages.h"

namespace twofactor {
namespace {

volatile std::sig_atomic_t terminated = 0;

void OnTerminate(int) { terminated = 1; }

// The request's line, empty where none came.
std::string ReadLine(int peer) {
  std::string line;
  std::array<char, 4096> buffer{};
  while (line.size() <= kMaxAccountsRequestBytes) {
    const ssize_t count = read(peer, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return {};
    }
    line.append(buffer.data(), static_cast<std::size_t>(count));
    if (const std::size_t end = line.find('\n'); end != std::string::npos) {
      return line.substr(0, end);
    }
  }
  return {};
}

void WriteAll(int peer, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = send(peer, text.data(), text.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

AccountsServer::AccountsServer(UniqueFd listener, Handler handler, Options options)
    : listener_(std::move(listener)),
      handler_(std::move(handler)),
      options_(std::move(options)),
      last_used_(Moment::clock::now()) {}

void AccountsServer::Run() {
  struct sigaction action {};
  action.sa_handler = OnTerminate;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  while (terminated == 0) {
    std::vector<pollfd> events;
    const bool full = workers_.size() >= options_.workers;
    events.push_back({full ? -1 : listener_.get(), POLLIN, 0});
    for (const Worker& worker : workers_) {
      events.push_back({worker.process.get(), POLLIN, 0});
    }
    poll(events.data(), events.size(), TimeoutAt(Moment::clock::now()));
    const Moment now = Moment::clock::now();
    if ((events[0].revents & POLLIN) != 0) {
      Accept();
    }
    EndWorkers(now);
    const bool idle = workers_.empty() && now - last_used_ >= options_.idle_exit;
    if (options_.idle_exit.count() > 0 && idle) {
      return;
    }
  }
}

int AccountsServer::TimeoutAt(Moment now) const {
  Moment next = now + std::chrono::hours(1);
  if (options_.idle_exit.count() > 0) {
    next = std::min(next, last_used_ + options_.idle_exit);
  }
  for (const Worker& worker : workers_) {
    next = std::min(next, worker.deadline);
  }
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - now).count();
  return static_cast<int>(std::max<std::int64_t>(wait, 0));
}

void AccountsServer::Accept() {
  UniqueFd peer(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!peer.valid() || !IsTrusted(peer.get())) {
    return;
  }
  last_used_ = Moment::clock::now();
  StartWorker(std::move(peer));
}

bool AccountsServer::IsTrusted(int peer) const {
  const auto credentials = ReadPeerCredentials(peer);
  return credentials && (credentials->uid == 0 ||
                         std::find(options_.trusted_uids.begin(), options_.trusted_uids.end(),
                                   credentials->uid) != options_.trusted_uids.end());
}

void AccountsServer::StartWorker(UniqueFd peer) {
  const pid_t pid = fork();
  if (pid == 0) {
    WorkFor(peer.get());
  }
  if (pid < 0) {
    return;
  }
  // In both processes, so that the group is there whichever runs first.
  setpgid(pid, pid);
  UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  workers_.push_back(
      {pid, std::move(process), std::move(peer), Moment::clock::now() + options_.deadline});
}

void AccountsServer::WorkFor(int peer) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  WriteAll(peer, handler_(ReadLine(peer)));
  _exit(0);
}

void AccountsServer::EndWorkers(Moment now) {
  std::erase_if(workers_, [now](const Worker& worker) {
    if (waitpid(worker.pid, nullptr, WNOHANG) == worker.pid) {
      // What it started and left behind.
      kill(-worker.pid, SIGKILL);
      return true;
    }
    if (now < worker.deadline) {
      return false;
    }
    kill(-worker.pid, SIGKILL);
    waitpid(worker.pid, nullptr, 0);
    WriteAll(worker.peer.get(),
             AnswerText(Error(ErrorCode::kTimedOut,
                              "a source of the system's accounts did not answer in time")) +
                 "\n");
    return true;
  });
}

}  // namespace twofactor
