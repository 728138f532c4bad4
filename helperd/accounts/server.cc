#include "helperd/accounts/server.h"

#include <fcntl.h>
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

// After this, a killed process has ended even on a busy machine, unless something blocks it.
constexpr std::chrono::seconds kTimeToDie{1};

volatile std::sig_atomic_t terminated = 0;

void OnTerminate(int) { terminated = 1; }

// Returns the request's line, empty if none arrived.
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

void WriteAll(int peer, std::string_view text, int flags) {
  while (!text.empty()) {
    const ssize_t count = send(peer, text.data(), text.size(), MSG_NOSIGNAL | flags);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

// Sends from this process, which waits for nobody: what the peer has no room for is lost.
void Refuse(int peer, const Error& error) {
  WriteAll(peer, AnswerText(error) + "\n", MSG_DONTWAIT);
}

// Blocks SIGTERM and SIGINT except while the server waits, so that none is missed; returns the
// signal mask for the wait.
sigset_t TakeSignals() {
  struct sigaction action {};
  action.sa_handler = OnTerminate;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  sigset_t taken;
  sigset_t before;
  sigemptyset(&taken);
  sigaddset(&taken, SIGTERM);
  sigaddset(&taken, SIGINT);
  sigprocmask(SIG_BLOCK, &taken, &before);
  sigdelset(&before, SIGTERM);
  sigdelset(&before, SIGINT);
  return before;
}

}  // namespace

AccountsServer::AccountsServer(UniqueFd listener, Handler handler, Options options)
    : listener_(std::move(listener)),
      handler_(std::move(handler)),
      options_(std::move(options)),
      last_used_(Moment::clock::now()) {
  // A caller that is gone before it is accepted must not block this process in accept.
  fcntl(listener_.get(), F_SETFL, O_NONBLOCK);
}

void AccountsServer::Run() {
  const sigset_t signals_while_waiting = TakeSignals();
  while (terminated == 0 && !let_go_) {
    WaitForEvent(signals_while_waiting);
    Reap();
    KillUnwanted();
    const Moment now = Moment::clock::now();
    KillLate(now);
    if (IsDone(now)) {
      return;
    }
  }
}

bool AccountsServer::IsDone(Moment now) { return workers_.empty() && (!fit_ || IsIdle(now)); }

bool AccountsServer::IsIdle(Moment now) {
  if (options_.idle_exit.count() == 0 || now - last_used_ < options_.idle_exit) {
    return false;
  }
  CountHeldReaders(now);
  if (remainders_.empty()) {
    return true;
  }
  // The next server would not know about them.
  last_used_ = now;
  return false;
}

void AccountsServer::WaitForEvent(const sigset_t& signals_while_waiting) {
  std::vector<pollfd> events;
  const bool closed = !fit_ || workers_.size() >= options_.workers;
  events.push_back({closed ? -1 : listener_.get(), POLLIN, 0});
  events.push_back({options_.leash.get(), 0, 0});
  for (const Worker& worker : workers_) {
    events.push_back({worker.process.get(), POLLIN, 0});
    // None if it was answered for; the end of the connection shows in any case.
    events.push_back({worker.peer.get(), 0, 0});
  }
  const timespec timeout = TimeoutAt(Moment::clock::now());
  const int ready = ppoll(events.data(), events.size(), &timeout, &signals_while_waiting);
  let_go_ = ready > 0 && (events[1].revents & POLLHUP) != 0;
  if (ready > 0 && (events[0].revents & POLLIN) != 0 && !let_go_) {
    fit_ = options_.is_fit();
    if (fit_) {
      Accept();
    }
  }
}

timespec AccountsServer::TimeoutAt(Moment now) const {
  Moment next = now + std::chrono::hours(1);
  if (options_.idle_exit.count() > 0 && workers_.empty()) {
    next = std::min(next, last_used_ + options_.idle_exit);
  }
  for (const Worker& worker : workers_) {
    if (worker.peer.valid()) {
      next = std::min(next, worker.deadline);
    }
  }
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::max(next, now) - now).count();
  return {static_cast<std::time_t>(wait / 1000), static_cast<long>(wait % 1000) * 1000000};
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
  Progress progress;
  progress.SetHeldReaders(CountHeldReaders(Moment::clock::now()));
  const pid_t server = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    WorkFor(std::move(peer), progress, server);
  }
  if (pid < 0) {
    Refuse(peer.get(), Error::FromErrno(ErrorCode::kUnavailable, "start a worker", errno));
    return;
  }
  // In both processes, so that the group exists whichever runs first.
  setpgid(pid, pid);
  UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  workers_.push_back({pid, std::move(process), std::move(peer),
                      Moment::clock::now() + options_.deadline, std::move(progress)});
}

void AccountsServer::WorkFor(UniqueFd peer, Progress& progress, pid_t server) noexcept {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != server) {
    _exit(1);
  }
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // Another caller's connection ends with its own worker, not with this one.
  workers_.clear();
  listener_.Reset();
  WriteAll(peer.get(), handler_(ReadLine(peer.get()), progress), 0);
  _exit(0);
}

void AccountsServer::Reap() {
  std::erase_if(workers_, [this](const Worker& worker) {
    siginfo_t ended{};
    const auto id = static_cast<id_t>(worker.pid);
    if (waitid(P_PID, id, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0) {
      return false;
    }
    // Kills what it started and left behind, before the wait, while the group's number is still its
    // own.
    kill(-worker.pid, SIGKILL);
    waitpid(worker.pid, nullptr, 0);
    if (const std::string user = worker.progress.user(); !user.empty()) {
      remainders_.push_back({worker.pid, user, Moment::clock::now()});
    }
    return true;
  });
}

// By user. Forgets those that have ended meanwhile, which nearly all have.
Progress::HeldReaders AccountsServer::CountHeldReaders(Moment now) {
  std::erase_if(remainders_,
                [](const Remainder& remainder) { return kill(-remainder.group, 0) != 0; });
  Progress::HeldReaders held;
  for (const Remainder& remainder : remainders_) {
    held[remainder.user] += now - remainder.killed >= kTimeToDie ? 1 : 0;
  }
  return held;
}

void AccountsServer::KillLate(Moment now) {
  for (Worker& worker : workers_) {
    if (!worker.peer.valid() || now < worker.deadline) {
      continue;
    }
    const std::string step = worker.progress.step();
    Refuse(worker.peer.get(), Error(ErrorCode::kTimedOut, step + " did not answer in time"));
    Kill(worker);
  }
}

// The daemon gives up on a request that waited long before it arrived here, and sends the next one.
// Without this, the workers of both would count.
void AccountsServer::KillUnwanted() {
  std::vector<pollfd> peers;
  for (const Worker& worker : workers_) {
    peers.push_back({worker.peer.get(), 0, 0});
  }
  if (poll(peers.data(), peers.size(), 0) <= 0) {
    return;
  }
  for (std::size_t i = 0; i < peers.size(); ++i) {
    if ((peers[i].revents & (POLLHUP | POLLERR)) != 0) {
      Kill(workers_[i]);
    }
  }
}

// It keeps its place until it has ended: a dead file server may block it for long.
void AccountsServer::Kill(Worker& worker) {
  kill(-worker.pid, SIGKILL);
  worker.peer.Reset();
}

}  // namespace twofactor
