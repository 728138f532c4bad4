#include "tests/unit/wire/fake_daemon.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace twofactor {

FakeDaemon::FakeDaemon(const std::string& answer)
    : FakeDaemon([this, answer](int connection) {
        request_ = ReadRequest(connection);
        Say(connection, answer);
        ReadRequest(connection);
      }) {}

FakeDaemon::FakeDaemon(Behaviour behaviour)
    : listener_(ListenAt(directory_ / "api.sock", 8)),
      thread_([this, behaviour = std::move(behaviour)] { Serve(behaviour); }) {}

FakeDaemon::~FakeDaemon() {
  // Wakes the thread where no client came.
  shutdown(listener_.get(), SHUT_RDWR);
  thread_.join();
}

void FakeDaemon::Serve(const Behaviour& behaviour) {
  const UniqueFd connection(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (connection.valid()) {
    behaviour(connection.get());
  }
}

UniqueFd ListenAt(const std::string& path, int backlog) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  UniqueFd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const void* start = &address;
  if (bind(listener.get(), static_cast<const sockaddr*>(start), sizeof address) != 0 ||
      listen(listener.get(), backlog) != 0) {
    throw std::runtime_error("listen at " + path);
  }
  return listener;
}

std::string ReadRequest(int connection) {
  std::string text;
  char byte = 0;
  while (recv(connection, &byte, 1, 0) == 1 && byte != '\n') {
    text += byte;
  }
  return text;
}

void Say(int connection, const std::string& text) {
  std::size_t said = 0;
  while (said < text.size()) {
    const ssize_t count = send(connection, text.data() + said, text.size() - said, MSG_NOSIGNAL);
    if (count <= 0) {
      return;
    }
    said += static_cast<std::size_t>(count);
  }
}

}  // namespace twofactor
