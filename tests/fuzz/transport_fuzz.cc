// Whatever bytes a peer sends on either transport, the daemon answers with messages or closes, and
// comes to an end with the connection. The first byte of an input says how the rest is sent: as it
// is, behind a WebSocket's handshake, or as one text message behind it.
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "common/base/unique_fd.h"
#include "helperd/twofactord/rpc/line_connection.h"
#include "helperd/twofactord/rpc/web_socket_connection.h"
#include "tests/fuzz/fuzz_target.h"

namespace twofactor {
namespace {

using Socket = boost::asio::local::stream_protocol::socket;

class Echo final : public Dispatcher {
 public:
  void Dispatch(const std::shared_ptr<Session>& /*session*/, const std::string& method,
                nlohmann::json params, Reply reply) override {
    if (method == "echo") {
      reply(std::move(params));
    } else {
      reply(Fail(ErrorCode::kUnknownMethod, "no such method"));
    }
  }
};

constexpr const char* kHandshake =
    "GET /api/current HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n";

// A masked text message (RFC 6455, 5.2) whose mask is zero.
std::string TextMessage(const std::string& text) {
  std::string frame = "\x81";
  if (text.size() < 126) {
    frame += static_cast<char>(0x80 | text.size());
  } else {
    frame += static_cast<char>(0xFE);
    frame += static_cast<char>(text.size() >> 8 & 0xFF);
    frame += static_cast<char>(text.size() & 0xFF);
  }
  return frame + std::string(4, '\0') + text;
}

std::string Sent(const std::uint8_t* data, std::size_t size) {
  const std::string rest(data + 1, data + std::min<std::size_t>(size, 0xFFFF));
  switch (data[0] % 3) {
    case 0:
      return rest;
    case 1:
      return kHandshake + rest;
    default:
      return kHandshake + TextMessage(rest);
  }
}

// Runs the server's side until it has nothing to do but to wait, and takes what it says.
std::string Talk(boost::asio::io_context& io, int peer) {
  std::string heard;
  std::array<char, 65536> buffer{};
  for (int idle = 0; idle < 2;) {
    const bool worked = io.poll() > 0;
    const ssize_t count = recv(peer, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) {
      heard.append(buffer.data(), static_cast<std::size_t>(count));
    }
    idle = worked || count > 0 ? 0 : idle + 1;
  }
  return heard;
}

void ExpectMessages(const std::string& heard) {
  for (std::size_t at = 0; at < heard.size();) {
    const std::size_t end = heard.find('\n', at);
    Claim(end != std::string::npos);
    Claim(nlohmann::json::accept(heard.substr(at, end - at)));
    at = end + 1;
  }
}

}  // namespace
}  // namespace twofactor

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  if (size < 2) {
    return 0;
  }
  const std::string sent = Sent(data, size);
  std::array<int, 2> ends{};
  Claim(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  const UniqueFd peer(ends[1]);
  Echo dispatcher;
  Limits limits;
  // Nobody waits for their turn here.
  limits.time_at_once = std::chrono::hours(1);
  auto usage = std::make_shared<PeerUsage>(limits);
  {
    boost::asio::io_context io;
    Socket socket(io, boost::asio::local::stream_protocol(), ends[0]);
    auto session = std::make_shared<Session>(Session{{1, 1000, 1000}, {}, nullptr});
    auto share = usage->Admit(1000, PeerUsage::Moment::clock::now());
    PacedSocket paced(std::move(socket), share);
    const bool web_socket = sent.front() == 'G';
    if (web_socket) {
      ServeWebSocket(std::move(paced), std::move(share), std::move(session), dispatcher, limits);
    } else {
      std::make_shared<LineConnection>(std::move(paced), std::move(share), std::move(session),
                                       dispatcher, limits)
          ->Start();
    }
    // It may close before it has taken everything in.
    static_cast<void>(send(peer.get(), sent.data(), sent.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
    std::string heard = Talk(io, peer.get());
    shutdown(peer.get(), SHUT_WR);
    heard += Talk(io, peer.get());
    if (!web_socket) {
      ExpectMessages(heard);
    }
  }
  Claim(usage->connections() == 0);
  return 0;
}
