#ifndef TWOFACTOR_TESTS_SUPPORT_CROWD_H_
#define TWOFACTOR_TESTS_SUPPORT_CROWD_H_

#include <boost/interprocess/anonymous_shared_memory.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <functional>
#include <new>

namespace twofactor {

// How many at once.
struct CrowdSize {
  int processes;
  int threads_each;
};
inline constexpr CrowdSize kCrowd{4, 4};
inline constexpr CrowdSize kBigCrowd{16, 4};

// Calls `work` once in every thread of every process, all let go at the same moment, and gives the
// sum of the answers. Throws where a process did not end well. Call it with one thread running.
int RunCrowd(CrowdSize size, const std::function<int()>& work);

// The same, and `beside` once in this process, let go with them.
int RunCrowdBeside(CrowdSize size, const std::function<int()>& work,
                   const std::function<void()>& beside);

// A `T` that this process shares with those of its crowds. Its members are atomic.
template <typename T>
class SharedWithCrowd {
 public:
  T* operator->() const { return value_; }

 private:
  boost::interprocess::mapped_region memory_ =
      boost::interprocess::anonymous_shared_memory(sizeof(T));
  T* value_ = new (memory_.get_address()) T;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_SUPPORT_CROWD_H_
