#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_PEER_USAGE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_PEER_USAGE_H_

#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>

#include "helperd/twofactord/rpc/limits.h"
#include "helperd/twofactord/rpc/token_bucket.h"

namespace twofactor {

class PeerShare;

// What each user uses of the daemon at present. Root is counted and not limited. Not thread-safe.
class PeerUsage : public std::enable_shared_from_this<PeerUsage> {
 public:
  using Moment = TokenBucket::Moment;
  // Returns the uid that a peer's uid counts with.
  using OwnerOf = std::function<uid_t(uid_t, Moment)>;

  explicit PeerUsage(
      const Limits& limits, OwnerOf owner_of = [](uid_t uid, Moment) { return uid; })
      : limits_(limits), owner_of_(std::move(owner_of)) {}

  // Returns the share for another connection of `uid`. Null if its user has enough, or the rest is
  // reserved for root; this also charges the user time.
  std::shared_ptr<PeerShare> Admit(uid_t uid, Moment now);

  int connections() const { return connections_; }
  // Returns the number of users in memory.
  std::size_t users() const { return uses_.size(); }

 private:
  friend class PeerShare;

  struct Use {
    bool bound = true;
    int connections = 0;
    int calls = 0;
    std::size_t message_bytes = 0;
    std::size_t output_bytes = 0;
    TokenBucket call_budget;
    TokenBucket seconds;  // Of CPU time.
  };
  Use& Of(uid_t uid, Moment now);
  void ForgetTheIdle(Moment now);

  const Limits limits_;
  const OwnerOf owner_of_;
  int connections_ = 0;
  std::map<uid_t, Use> uses_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_PEER_USAGE_H_
