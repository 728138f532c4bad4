#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_FIRST_BYTE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_FIRST_BYTE_H_

#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <functional>

namespace twofactor {

// Waits for a connection's first byte, leaves it unread, and passes it with the socket to `done`.
// If none arrives within `time`, closes the connection and drops `done`.
void AwaitFirstByte(boost::asio::local::stream_protocol::socket socket,
                    std::chrono::milliseconds time,
                    std::function<void(boost::asio::local::stream_protocol::socket, char)> done);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_FIRST_BYTE_H_
