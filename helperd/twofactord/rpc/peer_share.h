#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_PEER_SHARE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_PEER_SHARE_H_

#include <chrono>
#include <cstddef>
#include <memory>

#include "helperd/twofactord/rpc/peer_usage.h"

namespace twofactor {

// One connection's part of what its user may use; the destructor gives it back. Not thread-safe.
class PeerShare {
 public:
  using Moment = PeerUsage::Moment;

  PeerShare(std::shared_ptr<PeerUsage> usage, PeerUsage::Use& use);
  ~PeerShare();
  PeerShare(const PeerShare&) = delete;
  PeerShare& operator=(const PeerShare&) = delete;

  // Adds a call in progress. Returns false if the connection or its user is over the concurrency or
  // rate limit (-32000).
  bool AddCall(Moment now);
  void RemoveCall();
  int calls() const { return calls_; }

  // Adds a message whose calls are kept until they are answered. Returns false, without counting
  // it, if its user has too many.
  bool AddMessage(std::size_t bytes);
  void RemoveMessage(std::size_t bytes);

  // Adds an unread answer. Returns false if there are too many, so that the connection must be
  // closed.
  bool AddOutput(std::size_t bytes);
  void RemoveOutput(std::size_t bytes);
  // Returns whether so much is unread that nothing more is to be read.
  bool HasEnoughOutput() const;

  // Adds CPU time of the daemon that the peer has used.
  void Charge(std::chrono::nanoseconds used, Moment now);
  // Returns how long the peer has to wait so that others get their share; zero: not at all.
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
