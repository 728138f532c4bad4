#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_SERVER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_SERVER_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "common/base/unique_fd.h"
#include "helperd/twofactord/rpc/dispatcher.h"
#include "helperd/twofactord/rpc/limits.h"
#include "helperd/twofactord/rpc/peer_share.h"

namespace twofactor {

// Accepts the peers of a local socket and serves each with the transport that its first byte
// selects: '{' and '[' newline-delimited JSON-RPC, 'G' WebSocket. The kernel identifies the peer.
// Not thread-safe: everything runs on `io`.
class Server {
 public:
  // `listener` is a nonblocking, listening local stream socket. `owner_of` returns the uid that a
  // uid counts with. The dispatcher must outlive `io`'s run.
  Server(boost::asio::io_context& io, UniqueFd listener, Dispatcher& dispatcher,
         const Limits& limits, PeerUsage::OwnerOf owner_of);

  void Start() { Accept(); }
  // Stops accepting connections. Running `io` finishes the calls in progress.
  void Stop();
  int connections() const { return usage_->connections(); }
  // Returns the number of connections that have not sent anything yet.
  long silent() const { return greeting_.use_count() - 1; }

 private:
  using Socket = boost::asio::local::stream_protocol::socket;

  void Accept();
  bool TakeThoseWhoWait();
  void Pause();
  void Greet(UniqueFd connection);
  void Serve(Socket socket, char first, std::shared_ptr<PeerShare> share,
             std::shared_ptr<Session> session);

  Dispatcher& dispatcher_;
  const Limits limits_;
  std::shared_ptr<PeerUsage> usage_;
  // Its use count, minus one, is the number of silent connections.
  const std::shared_ptr<const bool> greeting_ = std::make_shared<const bool>(true);
  boost::asio::local::stream_protocol::acceptor acceptor_;
  boost::asio::steady_timer pause_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_SERVER_H_
