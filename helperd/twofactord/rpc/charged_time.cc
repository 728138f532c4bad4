#include "helperd/twofactord/rpc/charged_time.h"

#include <ctime>
#include <utility>

namespace twofactor {
namespace {

thread_local ChargedTime* outer = nullptr;

std::chrono::nanoseconds ThreadTime() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

ChargedTime::ChargedTime(std::shared_ptr<PeerShare> share) {
  if (outer != nullptr) {
    return;
  }
  outer = this;
  share_ = std::move(share);
  start_ = ThreadTime();
}

ChargedTime::~ChargedTime() {
  outer->Charge();
  if (share_) {
    outer = nullptr;
  }
}

void ChargedTime::Charge() {
  const auto now = ThreadTime();
  share_->Charge(now - start_, PeerShare::Moment::clock::now());
  start_ = now;
}

}  // namespace twofactor
