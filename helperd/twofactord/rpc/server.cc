#include "helperd/twofactord/rpc/server.h"

#include <boost/asio/write.hpp>
#include <chrono>
#include <string>
#include <utility>

#include "helperd/twofactord/rpc/first_byte.h"
#include "helperd/twofactord/rpc/json_rpc.h"
#include "helperd/twofactord/rpc/line_connection.h"
#include "helperd/twofactord/rpc/rpc_errors.h"
#include "helperd/twofactord/rpc/web_socket_connection.h"

namespace twofactor {
namespace {

using boost::system::error_code;

// How long to let others close their files when there are no more descriptors.
constexpr std::chrono::milliseconds kAcceptPause{100};

// Tells a peer that is turned away why, as far as its socket's buffer takes it.
void TurnAway(boost::asio::local::stream_protocol::socket& socket, const nlohmann::json& error) {
  const std::string text = ToText(MakeErrorAnswer(nullptr, error)) + "\n";
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(boost::asio::buffer(text), ignored);
}

}  // namespace

Server::Server(boost::asio::io_context& io, UniqueFd listener, Dispatcher& dispatcher,
               const Limits& limits)
    : dispatcher_(dispatcher),
      limits_(limits),
      usage_(std::make_shared<PeerUsage>(limits)),
      acceptor_(io, boost::asio::local::stream_protocol(), listener.Release()),
      pause_(io) {}

void Server::Stop() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void Server::Accept() {
  acceptor_.async_accept([this](error_code error, Socket socket) {
    if (!acceptor_.is_open()) {
      return;
    }
    if (!error) {
      Greet(std::move(socket));
      Accept();
      return;
    }
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](error_code cancelled) {
      if (!cancelled) {
        Accept();
      }
    });
  });
}

void Server::Greet(Socket socket) {
  const auto peer = ReadPeerCredentials(socket.native_handle());
  auto groups = ReadPeerGroups(socket.native_handle());
  if (!peer || !groups) {
    return;
  }
  const uid_t uid = peer->uid;
  if (!usage_->AddConnection(uid)) {
    TurnAway(socket, TooManyCallsObject());
    return;
  }
  auto session = std::make_shared<Session>(Session{*peer, std::move(*groups), nullptr});
  AwaitFirstByte(
      std::move(socket), limits_.message_time,
      [this, session](Socket ready, char first) { Serve(std::move(ready), first, session); },
      [usage = usage_, uid] { usage->RemoveConnection(uid); });
}

void Server::Serve(Socket socket, char first, std::shared_ptr<Session> session) {
  if (first == 'G') {
    ServeWebSocket(std::move(socket), std::move(session), dispatcher_, limits_, usage_);
  } else if (first == '{' || first == '[') {
    std::make_shared<LineConnection>(std::move(socket), std::move(session), dispatcher_, limits_,
                                     usage_)
        ->Start();
  } else {
    TurnAway(socket, ParseErrorObject());
    usage_->RemoveConnection(session->peer.uid);
  }
}

}  // namespace twofactor
