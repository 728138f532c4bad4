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

// Serves requests, each in a separate process. The process is killed, with everything that it
// started, when its time is over or nobody waits for its answer any more. So whatever hangs or
// crashes in an NSS module or a tool affects only its own request. The server itself looks nothing
// up, and waits for no worker, not even for the end of one that it killed.
//
// Run handles SIGTERM and SIGINT for the whole process. Not thread-safe.
class AccountsServer {
 public:
  // Answers one line; reports its steps to `progress`.
  using Handler = std::function<std::string(std::string_view request, Progress& progress)>;
  struct Options {
    std::chrono::milliseconds deadline{5000};
    // The maximum number at once; more requests wait in the socket's backlog. It is more than the
    // daemon asks for at once, so that workers that not even SIGKILL ends do not take the others'
    // places.
    std::size_t workers = 192;
    std::chrono::milliseconds idle_exit{0};  // 0: never.
    std::vector<uid_t> trusted_uids;         // In addition to root.
    UniqueFd leash;  // A pipe from the parent: Run ends when its other end is closed.
    // Called before each request. Once it returns false, the server accepts no more, and exits when
    // its workers have ended; requests in the socket's backlog are for the next server.
    std::function<bool()> is_fit = [] { return true; };
  };

  AccountsServer(UniqueFd listener, Handler handler, Options options);
  // Runs until it has been idle for long enough or is not fit any more, SIGTERM arrives, or the
  // other end of the leash is closed.
  void Run();

 private:
  using Moment = std::chrono::steady_clock::time_point;
  struct Worker {
    pid_t pid;
    UniqueFd process;  // pidfd_open(2): readable when it has ended.
    UniqueFd peer;     // None after the server answered for a worker that exceeded its time.
    Moment deadline;
    Progress progress;
  };

  // Kills the processes of an ended worker's group, which it may have left behind.
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
  // Runs in the worker. Exceptions end the worker and do not reach the server's code.
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
