#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_PEER_USAGE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_PEER_USAGE_H_

#include <sys/types.h>

#include <map>
#include <memory>

#include "helperd/twofactord/rpc/call_budget.h"
#include "helperd/twofactord/rpc/limits.h"

namespace twofactor {

// What each uid uses of the daemon at the moment. Not synchronised.
class PeerUsage {
 public:
  explicit PeerUsage(const Limits& limits) : limits_(limits) {}

  // One more connection of `uid`; false: it has enough, or the rest is root's.
  bool AddConnection(uid_t uid);
  void RemoveConnection(uid_t uid);
  // One more call of `uid` under way, against its budget; false: -32000.
  bool AddCall(uid_t uid, CallBudget::Moment now);
  void RemoveCall(uid_t uid);

  int connections() const { return connections_; }

 private:
  struct Use {
    int connections = 0;
    int calls = 0;
    CallBudget budget;
  };
  Use& Of(uid_t uid, CallBudget::Moment now);

  const Limits limits_;
  int connections_ = 0;
  std::map<uid_t, Use> uses_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_PEER_USAGE_H_
