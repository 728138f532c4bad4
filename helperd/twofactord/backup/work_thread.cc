#include "helperd/twofactord/backup/work_thread.h"

namespace twofactor {

WorkThread::WorkThread(Post post) : post_(std::move(post)), thread_([this] { Loop(); }) {}

WorkThread::~WorkThread() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void WorkThread::Enqueue(std::function<void()> piece) {
  {
    const std::lock_guard lock(mutex_);
    pieces_.push_back(std::move(piece));
  }
  wake_.notify_one();
}

void WorkThread::Loop() {
  for (;;) {
    std::function<void()> piece;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stop_ || !pieces_.empty(); });
      if (stop_) {
        return;
      }
      piece = std::move(pieces_.front());
      pieces_.pop_front();
    }
    piece();
  }
}

}  // namespace twofactor
