#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_PACED_SOCKET_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_PACED_SOCKET_H_

#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <cstddef>
#include <memory>
#include <utility>

#include "helperd/twofactord/rpc/charged_time.h"

namespace twofactor {

// A peer's socket that charges the peer for the work on each piece that it sends, and reads the
// next piece when the user has time left. It checks this when there is something to read, because
// the user's other connections may have used the time until then. So no user gets more than their
// share of the daemon, however much they send and in whatever form. Writes do not wait. It is an
// AsyncStream, which Asio and Beast use like the socket itself. Not thread-safe.
class PacedSocket {
 public:
  using next_layer_type = boost::asio::local::stream_protocol::socket;
  using executor_type = next_layer_type::executor_type;

  PacedSocket(next_layer_type socket, std::shared_ptr<PeerShare> share)
      : socket_(std::move(socket)), share_(std::move(share)), turn_(socket_.get_executor()) {
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
  }

  executor_type get_executor() { return socket_.get_executor(); }
  next_layer_type& next_layer() { return socket_; }
  const next_layer_type& next_layer() const { return socket_; }
  // Cancels operations in progress, which end with an error.
  void Close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    turn_.cancel();
  }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
        ReadOperation<Buffers>{*this, buffers}, token, socket_);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return socket_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  // The steps of one read: wait for something to read, wait for the peer's turn as often as needed,
  // and read before anybody else has a turn.
  template <class Buffers>
  struct ReadOperation {
    PacedSocket& paced;
    Buffers buffers;
    bool is_awaited = false;

    // The start, and the end of a wait.
    template <class Self>
    void operator()(Self& self, boost::system::error_code = {}) {
      if (!is_awaited) {
        is_awaited = true;
        paced.socket_.async_wait(next_layer_type::wait_read, std::move(self));
        return;
      }
      const auto debt = paced.share_->Debt(PeerShare::Moment::clock::now());
      if (debt.count() > 0 && paced.socket_.is_open()) {
        paced.turn_.expires_after(debt);
        paced.turn_.async_wait(std::move(self));
        return;
      }
      boost::system::error_code error;
      const std::size_t bytes = paced.socket_.read_some(buffers, error);
      if (error == boost::asio::error::would_block) {
        paced.socket_.async_wait(next_layer_type::wait_read, std::move(self));
        return;
      }
      const ChargedTime charged(paced.share_);
      self.complete(error, bytes);
    }
  };

  next_layer_type socket_;
  std::shared_ptr<PeerShare> share_;
  boost::asio::steady_timer turn_;
};

// Beast's WebSocket calls this on its stream when a connection ends.
template <class Handler>
void async_teardown(boost::beast::role_type role, PacedSocket& socket, Handler&& handler) {
  using boost::beast::websocket::async_teardown;
  async_teardown(role, socket.next_layer(), std::forward<Handler>(handler));
}

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_PACED_SOCKET_H_
