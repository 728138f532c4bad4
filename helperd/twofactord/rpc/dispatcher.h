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

// What the methods remember for the lifetime of a connection. They derive a class from this; the
// transports never look inside.
class SessionState {
 public:
  virtual ~SessionState() = default;
};

// Sends a peer notifications in the sense of JSON-RPC.
class Notifier {
 public:
  virtual ~Notifier() = default;
  // Returns whether the peer reads what it is sent. If not, do not add anything that can wait.
  virtual bool KeepsUp() const = 0;
  virtual void Notify(const std::string& method, nlohmann::json params) = 0;
};

// A connection as the methods see it. The kernel identifies the peer.
struct Session {
  const PeerCredentials peer;
  const std::vector<gid_t> groups;
  std::unique_ptr<SessionState> state;  // Null until a method sets it.
  ApiVersion version = {};              // The one that the peer selected.
  Notifier* notifier = nullptr;         // Null once the peer is gone.
  // Set by the methods while there may be notifications; then silence does not count as idle.
  bool awaits_events = false;
};

// Answers one call, exactly once, on the event loop's thread, immediately or later.
using Reply = std::function<void(CallResult)>;

// Receives the transports' calls. `params` is always a JSON array (the transport refuses by-name
// params with -32600, like TrueNAS). The session outlives the call even if the peer has gone; the
// reply is then dropped.
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;
  virtual void Dispatch(const std::shared_ptr<Session>& session, const std::string& method,
                        nlohmann::json params, Reply reply) = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_DISPATCHER_H_
