#include "helperd/twofactord/rpc/charged_time.h"

#include <ctime>
#include <utility>

namespace twofactor {
namespace {

thread_local bool charging = false;

std::chrono::nanoseconds ThreadTime() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

ChargedTime::ChargedTime(std::shared_ptr<PeerShare> share) {
  if (charging) {
    return;
  }
  charging = true;
  share_ = std::move(share);
  start_ = ThreadTime();
}

ChargedTime::~ChargedTime() {
  if (share_) {
    charging = false;
    share_->Charge(ThreadTime() - start_, PeerShare::Moment::clock::now());
  }
}

}  // namespace twofactor
