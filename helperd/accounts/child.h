#ifndef TWOFACTOR_HELPERD_ACCOUNTS_CHILD_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_CHILD_H_

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace twofactor {

using SteadyMoment = std::chrono::steady_clock::time_point;

// How a child ended, and its output.
struct ChildOutput {
  int status = 0;  // Its exit status, or 128 and the signal that killed it.
  std::string out;
  std::string err;
};

// A child process of a worker that does one piece of work in parallel with others.
//
// The child reads nothing, has no open file but its output, and dies with its parent. Its output is
// in memory (memfd_create(2)), so nobody has to read it while the child runs. A child that writes
// more than kMaxOutputBytes is killed. Not thread-safe: a worker has one thread.
class Child {
 public:
  static constexpr std::size_t kMaxOutputBytes = 16 << 20;

  // Starts `work` in the child; its result is the child's exit status. Errors use `name` for the
  // child. Fails with kUnavailable.
  static Result<Child> Start(std::string name, const std::function<int()>& work);

  Child(Child&&) noexcept = default;
  Child& operator=(Child&&) = delete;
  // Kills the child if it is still running.
  ~Child();

  // Waits for the end. Fails with kTimedOut at `deadline`, after killing the child, and with
  // kUnavailable.
  Result<ChildOutput> Finish(SteadyMoment deadline);

 private:
  Child(std::string name, pid_t pid, UniqueFd process, UniqueFd out, UniqueFd err);

  std::string name_;
  pid_t pid_;
  UniqueFd process_;  // pidfd_open(2); valid until the child was waited for.
  UniqueFd out_;
  UniqueFd err_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_CHILD_H_
