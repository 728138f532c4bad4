#include "helperd/twofactord/sockets.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <cerrno>

#include "helperd/twofactord/rpc/make_listener.h"

namespace twofactor {

Result<UniqueFd> TakeApiSocket(const RunPaths& paths) {
  const int count = sd_listen_fds(1);
  if (count < 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "take systemd's sockets", -count));
  }
  if (count == 0) {
    return MakeListener(paths.ApiSocket(), 0666);
  }
  UniqueFd socket(SD_LISTEN_FDS_START);
  if (count > 1 || sd_is_socket_unix(socket.get(), SOCK_STREAM, 1, nullptr, 0) <= 0) {
    return Fail(ErrorCode::kUnavailable,
                "systemd passed something else than the one socket of twofactord.socket");
  }
  fcntl(socket.get(), F_SETFL, fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
  return socket;
}

}  // namespace twofactor
