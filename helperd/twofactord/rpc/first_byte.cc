#include "helperd/twofactord/rpc/first_byte.h"

#include <sys/socket.h>

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <utility>

namespace twofactor {
namespace {

using Socket = boost::asio::local::stream_protocol::socket;
using boost::system::error_code;

struct Waiting {
  Socket socket;
  boost::asio::steady_timer deadline;
};

}  // namespace

void AwaitFirstByte(Socket socket, std::chrono::milliseconds time,
                    std::function<void(Socket, char)> done) {
  const auto executor = socket.get_executor();
  auto waiting = std::make_shared<Waiting>(
      Waiting{std::move(socket), boost::asio::steady_timer(executor, time)});
  waiting->deadline.async_wait([weak = std::weak_ptr<Waiting>(waiting)](error_code error) {
    const auto late = weak.lock();
    if (!error && late) {
      error_code ignored;
      late->socket.close(ignored);
    }
  });
  waiting->socket.async_wait(
      Socket::wait_read, [waiting, done = std::move(done)](error_code error) {
        char byte = 0;
        const bool peeked =
            !error && recv(waiting->socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
        waiting->deadline.cancel();
        if (peeked) {
          done(std::move(waiting->socket), byte);
        }
      });
}

}  // namespace twofactor
