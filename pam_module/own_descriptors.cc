#include "pam_module/own_descriptors.h"

#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <climits>

namespace twofactor {
namespace {

constexpr std::size_t kStackBytes = 256UL << 10;

struct OwnWork {
  bool (*work)(const void* argument);
  const void* argument;
  bool done;
};

void* RunOwnWork(void* data) {
  auto& own = *static_cast<OwnWork*>(data);
  // A table for this thread alone, of which all is closed; the program's own stays as it is
  // (close_range(2)).
  own.done = close_range(0, UINT_MAX, CLOSE_RANGE_UNSHARE) == 0 && own.work(own.argument);
  return nullptr;
}

bool RunInThread(OwnWork& own) {
  pthread_attr_t attributes;
  pthread_t thread{};
  if (pthread_attr_init(&attributes) != 0) {
    return false;
  }
  const bool started = pthread_attr_setstacksize(&attributes, kStackBytes) == 0 &&
                       pthread_create(&thread, &attributes, RunOwnWork, &own) == 0;
  pthread_attr_destroy(&attributes);
  return started && pthread_join(thread, nullptr) == 0 && own.done;
}

}  // namespace

bool RunWithOwnDescriptors(bool (*work)(const void* argument), const void* argument) {
  OwnWork own{work, argument, false};
  // The thread has the mask of the one that makes it.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) {
    return false;
  }
  const bool done = RunInThread(own);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return done;
}

}  // namespace twofactor
