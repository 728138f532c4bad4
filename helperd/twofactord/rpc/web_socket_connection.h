#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_WEB_SOCKET_CONNECTION_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_WEB_SOCKET_CONNECTION_H_

#include <boost/asio/local/stream_protocol.hpp>
#include <memory>

#include "helperd/twofactord/rpc/conversation.h"

namespace twofactor {

// Serves a peer that speaks HTTP: an upgrade to WebSocket (RFC 6455) on /api/current or
// /api/vX.Y.Z, with one JSON-RPC message in each text message; anything else gets an HTTP error and
// a close. The connection keeps itself alive. The peer was counted in `usage`.
void ServeWebSocket(boost::asio::local::stream_protocol::socket socket,
                    std::shared_ptr<Session> session, Dispatcher& dispatcher, const Limits& limits,
                    std::shared_ptr<PeerUsage> usage);

// Is `target` a path of the API? A pure function.
bool IsApiPath(std::string_view target);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_WEB_SOCKET_CONNECTION_H_
