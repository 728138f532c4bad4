#include "helperd/twofactord/rpc/peer_usage.h"

namespace twofactor {

PeerUsage::Use& PeerUsage::Of(uid_t uid, CallBudget::Moment now) {
  const Use fresh{.budget = CallBudget(limits_.calls_per_second, limits_.calls_at_once, now)};
  return uses_.try_emplace(uid, fresh).first->second;
}

bool PeerUsage::AddConnection(uid_t uid) {
  const int room = limits_.connections - (uid == 0 ? 0 : limits_.connections_for_root);
  Use& use = Of(uid, CallBudget::Moment::clock::now());
  if (connections_ >= room || (uid != 0 && use.connections >= limits_.connections_per_uid)) {
    return false;
  }
  ++use.connections;
  ++connections_;
  return true;
}

void PeerUsage::RemoveConnection(uid_t uid) {
  const auto use = uses_.find(uid);
  --use->second.connections;
  --connections_;
}

bool PeerUsage::AddCall(uid_t uid, CallBudget::Moment now) {
  Use& use = Of(uid, now);
  if (uid != 0 && (use.calls >= limits_.calls_per_uid || !use.budget.Take(now))) {
    return false;
  }
  ++use.calls;
  return true;
}

void PeerUsage::RemoveCall(uid_t uid) { --uses_.find(uid)->second.calls; }

}  // namespace twofactor
