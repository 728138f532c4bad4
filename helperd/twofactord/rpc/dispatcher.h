#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_DISPATCHER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_DISPATCHER_H_

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/peer.h"
#include "common/base/result.h"

namespace twofactor {

// One connection as the methods see it: who is there, as the kernel says, and a place for what the
// methods want to remember for as long as the connection lasts (its derived class belongs to the
// methods; the transports never look inside).
class SessionState {
 public:
  virtual ~SessionState() = default;
};

struct Session {
  PeerCredentials peer;
  std::vector<gid_t> groups;
  std::unique_ptr<SessionState> state;  // Null until a method sets it.
};

// Answers one call, exactly once, on the event loop's thread, at once or later.
using Reply = std::function<void(Result<nlohmann::json>)>;

// What the transports hand their calls to. `params` is always a JSON array (by-name params are
// refused by the transport with kInvalidParams, as TrueNAS does). The session outlives the call
// even if the peer has gone; the reply is then dropped.
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;
  virtual void Dispatch(const std::shared_ptr<Session>& session, const std::string& method,
                        nlohmann::json params, Reply reply) = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_DISPATCHER_H_
