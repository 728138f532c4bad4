#ifndef TWOFACTOR_TESTS_UNIT_RPC_WEB_SOCKET_CLIENT_H_
#define TWOFACTOR_TESTS_UNIT_RPC_WEB_SOCKET_CLIENT_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

namespace twofactor {

// The WebSocket of a client, blocking.
class WebSocketClient {
 public:
  explicit WebSocketClient(const std::string& path, const std::string& target = "/api/current")
      : stream_(io_) {
    stream_.next_layer().connect(boost::asio::local::stream_protocol::endpoint(path));
    stream_.handshake("localhost", target);
  }

  void Send(const std::string& text) { stream_.write(boost::asio::buffer(text)); }
  nlohmann::json Read() {
    boost::beast::flat_buffer buffer;
    stream_.read(buffer);
    return nlohmann::json::parse(boost::beast::buffers_to_string(buffer.data()));
  }
  // Runs what the test has begun on the stream.
  void RunFor(std::chrono::milliseconds time) {
    io_.restart();
    io_.run_for(time);
  }
  boost::beast::websocket::stream<boost::asio::local::stream_protocol::socket>& stream() {
    return stream_;
  }

 private:
  boost::asio::io_context io_;
  boost::beast::websocket::stream<boost::asio::local::stream_protocol::socket> stream_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_RPC_WEB_SOCKET_CLIENT_H_
