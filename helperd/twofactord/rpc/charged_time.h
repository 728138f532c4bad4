#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_CHARGED_TIME_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_CHARGED_TIME_H_

#include <chrono>
#include <memory>

#include "helperd/twofactord/rpc/peer_share.h"

namespace twofactor {

// Charges a peer with the CPU time of this thread from here to the end of the block
// (CLOCK_THREAD_CPUTIME_ID of clock_gettime(2)). When a nested one on the same thread ends, the
// outer one charges what it has so far.
class ChargedTime {
 public:
  explicit ChargedTime(std::shared_ptr<PeerShare> share);
  ~ChargedTime();
  ChargedTime(const ChargedTime&) = delete;
  ChargedTime& operator=(const ChargedTime&) = delete;

 private:
  void Charge();

  std::shared_ptr<PeerShare> share_;  // Null if nested.
  std::chrono::nanoseconds start_{};
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_CHARGED_TIME_H_
