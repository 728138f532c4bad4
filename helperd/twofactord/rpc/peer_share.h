#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_PEER_SHARE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_PEER_SHARE_H_

#include <chrono>
#include <cstddef>
#include <memory>

#include "helperd/twofactord/rpc/peer_usage.h"

namespace twofactor {

// What one connection holds of what its user may use; it gives all of it back when it dies. Not
// synchronised.
class PeerShare {
 public:
  using Moment = PeerUsage::Moment;

  PeerShare(std::shared_ptr<PeerUsage> usage, PeerUsage::Use& use);
  ~PeerShare();
  PeerShare(const PeerShare&) = delete;
  PeerShare& operator=(const PeerShare&) = delete;

  // One more call under way; false: the connection or its user has enough, or has had (-32000).
  bool AddCall(Moment now);
  void RemoveCall();
  int calls() const { return calls_; }

  // A message whose calls are kept until they are answered; false: its user has enough of them, and
  // it is not counted.
  bool AddMessage(std::size_t bytes);
  void RemoveMessage(std::size_t bytes);

  // An answer that waits to be taken; false: there are too many, and the connection is to end.
  bool AddOutput(std::size_t bytes);
  void RemoveOutput(std::size_t bytes);
  // Is so much waiting that nothing more is to be read?
  bool HasEnoughOutput() const;

  // Time of the daemon's CPU that the peer has cost.
  void Charge(std::chrono::nanoseconds used, Moment now);
  // How long the peer is to wait so that others have their share; zero: not at all.
  std::chrono::milliseconds Debt(Moment now) const;

 private:
  const std::shared_ptr<PeerUsage> usage_;
  PeerUsage::Use& use_;
  int calls_ = 0;
  std::size_t message_bytes_ = 0;
  std::size_t output_bytes_ = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_PEER_SHARE_H_
