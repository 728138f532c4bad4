#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SERVER_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SERVER_H_

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/unique_fd.h"
#include "helperd/accounts/progress.h"

namespace twofactor {

// Serves requests, each in a process of its own that is killed, with all that it started, when its
// time is over, or nobody waits for its answer any more: whatever hangs or crashes in an NSS module
// or a tool does so alone. This process itself looks nothing up, and waits for no worker: not even
// for the end of one that it killed.
//
// Run takes SIGTERM and SIGINT over for the whole process. Not synchronised.
class AccountsServer {
 public:
  // Answers one line; tells `progress` what it is at.
  using Handler = std::function<std::string(std::string_view request, Progress& progress)>;
  struct Options {
    std::chrono::milliseconds deadline{5000};
    // At once; more requests wait in the socket's backlog. More than the daemon asks for at once,
    // so that those that not even SIGKILL ends keep no place from the others.
    std::size_t workers = 192;
    std::chrono::milliseconds idle_exit{0};  // 0: never.
    std::vector<uid_t> trusted_uids;         // Beside root.
    UniqueFd leash;  // A pipe of whoever started this: Run ends when its other end is closed.
    // Asked before each request. Once it says no, the server takes no more, and ends when its
    // workers have; what still waits in the socket's backlog is for the next server.
    std::function<bool()> is_fit = [] { return true; };
  };

  AccountsServer(UniqueFd listener, Handler handler, Options options);
  // Until it is idle for long enough or not fit any more, SIGTERM comes, or the leash's other end
  // is closed.
  void Run();

 private:
  using Moment = std::chrono::steady_clock::time_point;
  struct Worker {
    pid_t pid;
    UniqueFd process;  // pidfd_open(2): readable when it has ended.
    UniqueFd peer;     // None once it was answered for a worker that is over its time.
    Moment deadline;
    Progress progress;
  };

  // What a worker that has ended may have left behind: the processes of its group, killed.
  struct Remainder {
    pid_t group;
    std::string user;
    Moment killed;
  };

  bool IsDone(Moment now);
  bool IsIdle(Moment now);
  void WaitForEvent(const sigset_t& signals_while_waiting);
  timespec TimeoutAt(Moment now) const;
  void Accept();
  void StartWorker(UniqueFd peer);
  // In the worker, whose exceptions end it and do not get out into the server's code.
  [[noreturn]] void WorkFor(UniqueFd peer, Progress& progress, pid_t server) noexcept;
  void Reap();
  Progress::HeldReaders CountHeldReaders(Moment now);
  void KillLate(Moment now);
  void KillUnwanted();
  void Kill(Worker& worker);
  bool IsTrusted(int peer) const;

  UniqueFd listener_;
  Handler handler_;
  Options options_;
  std::vector<Worker> workers_;
  std::vector<Remainder> remainders_;
  Moment last_used_;
  bool let_go_ = false;
  bool fit_ = true;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SERVER_H_
