#include "common/base/peer.h"

#include <sys/socket.h>

#include <cerrno>

namespace twofactor {

Result<PeerCredentials> ReadPeerCredentials(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kInternal, "read the peer's credentials", errno));
  }
  return PeerCredentials{credentials.pid, credentials.uid, credentials.gid};
}

Result<std::vector<gid_t>> ReadPeerGroups(int socket) {
  std::vector<gid_t> groups(64);
  for (;;) {
    auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) == 0) {
      groups.resize(size / sizeof(gid_t));
      return groups;
    }
    // The kernel returns ERANGE and the size that it needs.
    if (errno != ERANGE || size <= groups.size() * sizeof(gid_t)) {
      return Fail(Error::FromErrno(ErrorCode::kInternal, "read the peer's groups", errno));
    }
    groups.resize(size / sizeof(gid_t));
  }
}

}  // namespace twofactor
