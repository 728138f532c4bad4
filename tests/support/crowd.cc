#include "tests/support/crowd.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/interprocess/anonymous_shared_memory.hpp>
#include <new>
#include <stdexcept>
#include <thread>
#include <vector>

namespace twofactor {
namespace {

struct Shared {
  explicit Shared(int everybody) : all(everybody) {}

  // Returns when all have come.
  void Meet() {
    ++ready;
    while (ready < all) {
      std::this_thread::yield();
    }
  }

  const int all;
  std::atomic<int> ready{0};
  std::atomic<int> sum{0};
};

void RunThreads(CrowdSize size, Shared& shared, const std::function<int()>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < size.threads_each; ++i) {
    threads.emplace_back([&shared, &work] {
      shared.Meet();
      shared.sum += work();
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace

int RunCrowd(CrowdSize size, const std::function<int()>& work) {
  return RunCrowdBeside(size, work, [] {});
}

int RunCrowdBeside(CrowdSize size, const std::function<int()>& work,
                   const std::function<void()>& beside) {
  const auto memory = boost::interprocess::anonymous_shared_memory(sizeof(Shared));
  auto& shared = *new (memory.get_address()) Shared(size.processes * size.threads_each + 1);
  std::vector<pid_t> processes;
  for (int i = 0; i < size.processes; ++i) {
    const pid_t process = fork();
    if (process == 0) {
      RunThreads(size, shared, work);
      _exit(0);
    }
    processes.push_back(process);
  }
  shared.Meet();
  beside();
  bool all_well = true;
  for (const pid_t process : processes) {
    int status = 0;
    waitpid(process, &status, 0);
    all_well = all_well && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  if (!all_well) {
    throw std::runtime_error("a process of the crowd did not end well");
  }
  return shared.sum;
}

}  // namespace twofactor
