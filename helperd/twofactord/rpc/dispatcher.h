#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_DISPATCHER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_DISPATCHER_H_

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/peer.h"
#include "common/base/result.h"
#include "helperd/twofactord/rpc/api_version.h"
#include "helperd/twofactord/rpc/call_result.h"

namespace twofactor {

// One connection as the methods see it: who is there, as the kernel says, and a place for what the
// methods want to remember for as long as the connection lasts (its derived class belongs to the
// methods; the transports never look inside).
class SessionState {
 public:
  virtual ~SessionState() = default;
};

// Tells a peer what it did not ask for: notifications in the sense of JSON-RPC.
class Notifier {
 public:
  virtual ~Notifier() = default;
  // Does the peer read what it is sent? Else nothing that can wait is to be added.
  virtual bool KeepsUp() const = 0;
  virtual void Notify(const std::string& method, nlohmann::json params) = 0;
};

struct Session {
  const PeerCredentials peer;
  const std::vector<gid_t> groups;
  std::unique_ptr<SessionState> state;  // Null until a method sets it.
  ApiVersion version = {};              // The one that the peer asked for.
  Notifier* notifier = nullptr;         // Null once the peer is gone.
  // Set by the methods while there may be something to notify of: then silence is not idleness.
  bool awaits_events = false;
};

// Answers one call, exactly once, on the event loop's thread, at once or later.
using Reply = std::function<void(CallResult)>;

// What the transports hand their calls to. `params` is always a JSON array (by-name params are
// refused by the transport with -32600, as TrueNAS does). The session outlives the call
// even if the peer has gone; the reply is then dropped.
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;
  virtual void Dispatch(const std::shared_ptr<Session>& session, const std::string& method,
                        nlohmann::json params, Reply reply) = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_DISPATCHER_H_
