#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_WEB_SOCKET_CONNECTION_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_WEB_SOCKET_CONNECTION_H_

#include <memory>
#include <string_view>

#include "helperd/twofactord/rpc/conversation.h"
#include "helperd/twofactord/rpc/paced_socket.h"

namespace twofactor {

// Serves a peer that speaks HTTP: an upgrade to WebSocket (RFC 6455) on /api/current or
// /api/vX.Y.Z, with one JSON-RPC message in each text message; anything else gets an HTTP error and
// a close. The connection keeps itself alive.
void ServeWebSocket(PacedSocket socket, std::shared_ptr<PeerShare> share,
                    std::shared_ptr<Session> session, Dispatcher& dispatcher, const Limits& limits);

// Is `target` a path of the API? A pure function.
bool IsApiPath(std::string_view target);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_WEB_SOCKET_CONNECTION_H_
