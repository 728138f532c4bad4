#ifndef TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_WORK_THREAD_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_WORK_THREAD_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "common/base/result.h"

namespace twofactor {

// A thread for work that would keep the event loop from others: one piece after the other, in the
// order of submission. Thread-safe.
class WorkThread {
 public:
  // What runs `task` on the event loop; called from the thread.
  using Post = std::function<void(std::function<void()> task)>;

  explicit WorkThread(Post post);
  // Waits for the piece that is under way; the others are dropped, with what is to be done of them.
  ~WorkThread();
  WorkThread(const WorkThread&) = delete;
  WorkThread& operator=(const WorkThread&) = delete;

  // Runs `work` on the thread, then `done` on the event loop with what it gave.
  template <typename T>
  void Submit(std::function<Result<T>()> work, std::function<void(Result<T>)> done) {
    Enqueue([this, work = std::move(work), done = std::move(done)] {
      auto result = std::make_shared<Result<T>>(work());
      post_([done, result] { done(std::move(*result)); });
    });
  }

 private:
  void Enqueue(std::function<void()> piece);
  void Loop();

  Post post_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> pieces_;  // Guarded by mutex_.
  bool stop_ = false;                         // Guarded by mutex_.
  std::thread thread_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_WORK_THREAD_H_
