#ifndef TWOFACTOR_COMMON_BASE_PEER_H_
#define TWOFACTOR_COMMON_BASE_PEER_H_

#include <sys/types.h>

#include <vector>

#include "common/base/result.h"

namespace twofactor {

// The peer of a local stream socket, as the kernel recorded it when the connection was made
// (unix(7), SO_PEERCRED). Nothing that the peer sends can change it.
struct PeerCredentials {
  pid_t pid;
  uid_t uid;
  gid_t gid;
};

// Reads the peer's credentials. Fails with kInternal if `socket` is not a connected local stream
// socket. Thread-safe.
Result<PeerCredentials> ReadPeerCredentials(int socket);

// Reads the peer's supplementary groups (SO_PEERGROUPS, since Linux 4.13). Fails in the same way.
// Thread-safe.
Result<std::vector<gid_t>> ReadPeerGroups(int socket);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_PEER_H_
