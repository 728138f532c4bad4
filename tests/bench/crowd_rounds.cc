#include <sched.h>
#include <security/pam_appl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/interprocess/anonymous_shared_memory.hpp>
#include <new>
#include <stdexcept>

#include "tests/bench/login_rounds.h"

namespace twofactor::bench {
namespace {

struct Shared {
  std::atomic<int> ready{0};
  std::atomic<bool> go{false};
  std::atomic<std::size_t> next{0};
  std::atomic<int> granted{0};
};

[[noreturn]] void LogInMany(const std::string& confdir, const std::string& service,
                            const std::vector<Attempt>& attempts, Shared& shared) {
  ++shared.ready;
  while (!shared.go) {
    sched_yield();
  }
  for (std::size_t i = 0; (i = shared.next++) < attempts.size();) {
    if (LogIn(confdir, service, attempts[i]).code == PAM_SUCCESS) {
      ++shared.granted;
    }
  }
  _exit(0);
}

// Of those that were waited for.
double CpuOfChildren() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void RunOne(const Ground& ground, const CrowdContender& contender, int at_once,
            CrowdResult& result) {
  const std::vector<Attempt> attempts = contender.prepare();
  const double cpu_before = CpuOfChildren();
  const auto memory = boost::interprocess::anonymous_shared_memory(sizeof(Shared));
  auto& shared = *new (memory.get_address()) Shared;
  for (int i = 0; i < at_once; ++i) {
    if (fork() == 0) {
      LogInMany(ground.Confdir(), contender.service, attempts, shared);
    }
  }
  while (shared.ready < at_once) {
    sched_yield();
  }
  const std::int64_t start = NowNanoseconds();
  shared.go = true;
  for (int i = 0; i < at_once; ++i) {
    int status = 0;
    if (wait(&status) < 0 || status != 0) {
      throw std::runtime_error("a process of the crowd did not end well");
    }
  }
  const auto seconds = static_cast<double>(NowNanoseconds() - start) / 1e9;
  result.logins += static_cast<std::int64_t>(attempts.size());
  result.granted += shared.granted;
  result.per_second.push_back(static_cast<double>(attempts.size()) / seconds);
  result.cpu_seconds.push_back((CpuOfChildren() - cpu_before) /
                               static_cast<double>(attempts.size()));
}

}  // namespace

std::map<std::string, CrowdResult> RunCrowds(const Ground& ground,
                                             const std::vector<CrowdContender>& contenders,
                                             int at_once, int rounds) {
  std::map<std::string, CrowdResult> results;
  for (int round = 0; round < rounds; ++round) {
    for (const CrowdContender& contender : contenders) {
      if (round % contender.every == 0) {
        RunOne(ground, contender, at_once, results[contender.name]);
      }
    }
  }
  const CrowdResult& ours = results["twofactor"];
  if (ours.granted != ours.logins) {
    throw std::runtime_error("a right code was refused among logins at once");
  }
  return results;
}

}  // namespace twofactor::bench
