#include "helperd/twofactord/rpc/server.h"

#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <utility>

#include "helperd/twofactord/rpc/first_byte.h"
#include "helperd/twofactord/rpc/line_connection.h"
#include "helperd/twofactord/rpc/rpc_errors.h"
#include "helperd/twofactord/rpc/turn_away.h"
#include "helperd/twofactord/rpc/web_socket_connection.h"

namespace twofactor {
namespace {

using boost::asio::local::stream_protocol;
using boost::system::error_code;

// How long to wait for others to close files when no descriptors are left.
constexpr std::chrono::milliseconds kAcceptPause{100};
// The number of connections to accept before existing ones get their turn.
constexpr int kTakenAtOnce = 64;

}  // namespace

Server::Server(boost::asio::io_context& io, UniqueFd listener, Dispatcher& dispatcher,
               const Limits& limits, PeerUsage::OwnerOf owner_of)
    : dispatcher_(dispatcher),
      limits_(limits),
      usage_(std::make_shared<PeerUsage>(limits, std::move(owner_of))),
      acceptor_(io, stream_protocol(), listener.Release()),
      pause_(io) {}

void Server::Stop() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void Server::Accept() {
  acceptor_.async_wait(stream_protocol::acceptor::wait_read, [this](error_code error) {
    if (!acceptor_.is_open()) {
      return;
    }
    if (!error && TakeThoseWhoWait()) {
      Accept();
    } else {
      Pause();
    }
  });
}

// Does not use Asio's accept: a flood of connections must cost as little as possible, and a turn of
// the event loop for each costs most. Returns false if no descriptors or memory are left.
bool Server::TakeThoseWhoWait() {
  for (int taken = 0; taken < kTakenAtOnce; ++taken) {
    UniqueFd connection(
        accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (connection.valid()) {
      Greet(std::move(connection));
    } else if (errno == EAGAIN) {
      return true;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return false;
    }
  }
  return true;
}

void Server::Pause() {
  pause_.expires_after(kAcceptPause);
  pause_.async_wait([this](error_code cancelled) {
    if (!cancelled) {
      Accept();
    }
  });
}

void Server::Greet(UniqueFd connection) {
  const auto peer = ReadPeerCredentials(connection.get());
  if (!peer) {
    return;
  }
  auto share = usage_->Admit(peer->uid, PeerUsage::Moment::clock::now());
  if (!share) {
    // Made once, because a flood of connections must cost little.
    static const std::string kTooMany = TurnAwayLine(TooManyCallsObject());
    TurnAway(connection.get(), kTooMany);
    return;
  }
  const ChargedTime charged(share);
  auto groups = ReadPeerGroups(connection.get());
  if (!groups) {
    return;
  }
  auto session = std::make_shared<Session>(Session{*peer, std::move(*groups), nullptr});
  AwaitFirstByte(Socket(acceptor_.get_executor(), stream_protocol(), connection.Release()),
                 limits_.message_time,
                 [this, share, session, greeting = greeting_](Socket ready, char first) {
                   Serve(std::move(ready), first, share, session);
                 });
}

void Server::Serve(Socket socket, char first, std::shared_ptr<PeerShare> share,
                   std::shared_ptr<Session> session) {
  PacedSocket paced(std::move(socket), share);
  if (first == 'G') {
    ServeWebSocket(std::move(paced), std::move(share), std::move(session), dispatcher_, limits_);
  } else if (first == '{' || first == '[') {
    std::make_shared<LineConnection>(std::move(paced), std::move(share), std::move(session),
                                     dispatcher_, limits_)
        ->Start();
  } else {
    TurnAway(paced.next_layer().native_handle(), TurnAwayLine(ParseErrorObject()));
  }
}

}  // namespace twofactor
