#ifndef TWOFACTOR_TESTS_SUPPORT_CROWD_H_
#define TWOFACTOR_TESTS_SUPPORT_CROWD_H_

#include <functional>

namespace twofactor {

// How many at once.
struct CrowdSize {
  int processes;
  int threads_each;
};

// Calls `work` once in every thread of every process, all let go at the same moment, and gives the
// sum of the answers. Throws where a process did not end well. Call it with one thread running.
int RunCrowd(CrowdSize size, const std::function<int()>& work);

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_SUPPORT_CROWD_H_
