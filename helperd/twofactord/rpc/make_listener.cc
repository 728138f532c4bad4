#include "helperd/twofactord/rpc/make_listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace twofactor {
namespace {

Result<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Fail(ErrorCode::kUnavailable, "the path of a socket is too long: " + path);
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

}  // namespace

Result<UniqueFd> MakeListener(const std::string& path, mode_t mode) {
  const std::string temporary = path + ".new";
  const auto address = AddressOf(temporary);
  if (!address) {
    return Fail(address.error());
  }
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  unlink(temporary.c_str());
  const void* start = &*address;
  if (!socket.valid() ||
      bind(socket.get(), static_cast<const sockaddr*>(start), sizeof *address) != 0 ||
      chmod(temporary.c_str(), mode) != 0 || listen(socket.get(), SOMAXCONN) != 0 ||
      rename(temporary.c_str(), path.c_str()) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "make the socket " + path, errno));
  }
  return socket;
}

}  // namespace twofactor
