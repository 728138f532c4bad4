#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_WEB_SOCKET_CONNECTION_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_WEB_SOCKET_CONNECTION_H_

#include <memory>

#include "helperd/twofactord/rpc/conversation.h"
#include "helperd/twofactord/rpc/paced_socket.h"

namespace twofactor {

// Serves a peer that speaks HTTP: an upgrade to WebSocket (RFC 6455) on /api/current or
// /api/vX.Y.Z, with one JSON-RPC message in each text message. Anything else gets an HTTP error and
// a close. The connection keeps itself alive. A silent peer stays connected if it answers pings.
void ServeWebSocket(PacedSocket socket, std::shared_ptr<PeerShare> share,
                    std::shared_ptr<Session> session, Dispatcher& dispatcher, const Limits& limits);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_WEB_SOCKET_CONNECTION_H_
