#include "helperd/twofactord/rpc/peer_usage.h"

#include "helperd/twofactord/rpc/peer_share.h"

namespace twofactor {
namespace {

using Seconds = std::chrono::duration<double>;

// The cost of turning a connection away: 2 to 10 us on the machines where it was measured.
constexpr Seconds kTurnAwayCost{10e-6};
// Beyond this number of users, those who use nothing are forgotten.
constexpr std::size_t kRememberedUsers = 1024;

}  // namespace

PeerUsage::Use& PeerUsage::Of(uid_t uid, Moment now) {
  const uid_t owner = owner_of_(uid, now);
  const auto found = uses_.find(owner);
  if (found != uses_.end()) {
    return found->second;
  }
  if (uses_.size() >= kRememberedUsers) {
    ForgetTheIdle(now);
  }
  const Use fresh{.bound = owner != 0,
                  .call_budget = TokenBucket(limits_.calls_per_second, limits_.calls_at_once, now),
                  .seconds = TokenBucket(Seconds(limits_.time_per_second).count(),
                                         Seconds(limits_.time_at_once).count(), now)};
  return uses_.emplace(owner, fresh).first->second;
}

void PeerUsage::ForgetTheIdle(Moment now) {
  std::erase_if(uses_, [now](const auto& entry) {
    const Use& use = entry.second;
    return use.connections == 0 && use.call_budget.IsFull(now) && use.seconds.IsFull(now);
  });
}

std::shared_ptr<PeerShare> PeerUsage::Admit(uid_t uid, Moment now) {
  Use& use = Of(uid, now);
  const int room = limits_.connections - (use.bound ? limits_.connections_for_root : 0);
  if (connections_ >= room || (use.bound && use.connections >= limits_.connections_per_uid)) {
    use.seconds.Charge(kTurnAwayCost.count(), now);
    return nullptr;
  }
  return std::make_shared<PeerShare>(shared_from_this(), use);
}

}  // namespace twofactor
