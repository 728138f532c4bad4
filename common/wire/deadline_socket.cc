#include "common/wire/deadline_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace twofactor {
namespace {

Result<void> Await(int socket, short events, Deadline deadline) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    // Checked first: otherwise a peer that always has one more byte would never time out.
    if (left.count() <= 0) {
      return Fail(ErrorCode::kTimedOut, "the daemon did not answer in time");
    }
    pollfd event{socket, events, 0};
    const int ready = poll(&event, 1, static_cast<int>(left.count()));
    if (ready > 0) {
      return {};
    }
    if (ready < 0 && errno != EINTR) {
      return Fail(Error::FromErrno(ErrorCode::kUnavailable, "wait for the daemon", errno));
    }
  }
}

// Limits how long connect(2) may wait for room in the listener's queue. Returns false if no time is
// left.
bool BoundConnect(int socket, Deadline deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::microseconds>(deadline - std::chrono::steady_clock::now());
  if (left.count() <= 0) {
    return false;
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  const timeval time{seconds.count(), (left - seconds).count()};
  return setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time) == 0;
}

}  // namespace

Result<UniqueFd> ConnectLocal(const std::string& path, Deadline deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Fail(ErrorCode::kUnavailable, "the path of a socket is too long: " + path);
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  // A nonblocking local socket cannot be polled for room in a full queue. A blocking one is woken
  // in its turn (unix(7), SO_SNDTIMEO in socket(7)).
  UniqueFd socket = AboveStandard(UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  if (!socket.valid()) {
    return Fail(Error::FromSystemCall(ErrorCode::kUnavailable, "make a socket", errno));
  }
  const void* start = &address;
  while (BoundConnect(socket.get(), deadline)) {
    if (connect(socket.get(), static_cast<const sockaddr*>(start), sizeof address) == 0) {
      return socket;
    }
    if (errno != EAGAIN && errno != EINTR) {
      return Fail(Error::FromSystemCall(ErrorCode::kUnavailable, "connect to " + path, errno));
    }
  }
  return Fail(ErrorCode::kTimedOut, "connect to " + path + ": the daemon accepts no connections");
}

Result<void> WriteAll(int socket, std::string_view text, Deadline deadline) {
  while (!text.empty()) {
    const ssize_t count = send(socket, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (errno != EAGAIN && errno != EINTR) {
      return Fail(Error::FromErrno(ErrorCode::kUnavailable, "send to the daemon", errno));
    }
    if (auto ready = Await(socket, POLLOUT, deadline); !ready) {
      return ready;
    }
  }
  return {};
}

Result<std::string> ReadLine(int socket, std::size_t most, Deadline deadline) {
  std::string line;
  std::array<char, 4096> buffer{};
  while (line.size() <= most) {
    if (auto ready = Await(socket, POLLIN, deadline); !ready) {
      return Fail(ready.error());
    }
    const ssize_t count = recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
      continue;
    }
    if (count <= 0) {
      return Fail(ErrorCode::kUnavailable, "the daemon closed the connection");
    }
    line.append(buffer.data(), static_cast<std::size_t>(count));
    const std::size_t end = line.find('\n');
    if (end == std::string::npos) {
      continue;
    }
    if (end > most) {
      break;
    }
    if (end + 1 != line.size()) {
      return Fail(ErrorCode::kCorrupt, "the daemon sent more than one answer");
    }
    line.resize(end);
    return line;
  }
  return Fail(ErrorCode::kCorrupt, "the daemon's answer is too long");
}

}  // namespace twofactor
