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

// Accepts the peers of a local socket and serves each with the transport that its first byte asks
// for: '{' and '[' newline-delimited JSON-RPC, 'G' WebSocket. The peer is who the kernel says it
// is. Not synchronised: everything runs on `io`.
class Server {
 public:
  // `listener` is a listening local stream socket that does not block. `owner_of` says with whom a
  // uid counts. The dispatcher must outlive `io`'s run.
  Server(boost::asio::io_context& io, UniqueFd listener, Dispatcher& dispatcher,
         const Limits& limits, PeerUsage::OwnerOf owner_of);

  void Start() { Accept(); }
  // Accepts nobody any more. Calls under way are finished by whoever runs `io`.
  void Stop();
  int connections() const { return usage_->connections(); }
  // How many were taken in and have not said anything yet.
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
  // Held once more by each connection that has not said anything yet.
  const std::shared_ptr<const bool> greeting_ = std::make_shared<const bool>(true);
  boost::asio::local::stream_protocol::acceptor acceptor_;
  boost::asio::steady_timer pause_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_SERVER_H_
