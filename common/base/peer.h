#ifndef TWOFACTOR_COMMON_BASE_PEER_H_
#define TWOFACTOR_COMMON_BASE_PEER_H_

#include <sys/types.h>

#include <vector>

#include "common/base/result.h"

namespace twofactor {

// Who is at the other end of a local stream socket, as the kernel recorded it when the connection
// was made (unix(7), SO_PEERCRED): nothing that the peer sends can change it.
struct PeerCredentials {
  pid_t pid;
  uid_t uid;
  gid_t gid;
};

// Fails with kInternal where `socket` is not a connected local stream socket. Thread-safe.
Result<PeerCredentials> ReadPeerCredentials(int socket);

// The peer's supplementary groups (SO_PEERGROUPS, since Linux 4.13). Same failures. Thread-safe.
Result<std::vector<gid_t>> ReadPeerGroups(int socket);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_PEER_H_
