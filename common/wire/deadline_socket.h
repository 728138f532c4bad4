#ifndef TWOFACTOR_COMMON_WIRE_DEADLINE_SOCKET_H_
#define TWOFACTOR_COMMON_WIRE_DEADLINE_SOCKET_H_

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace twofactor {

using Deadline = std::chrono::steady_clock::time_point;

// Blocking input and output on a local socket, each with a deadline (poll(2)). Needs no signal and
// no handler. Fails with kUnavailable (nobody listens, connection lost), kTimedOut or, if a socket
// is made, kExhausted. A socket is none of the three standard descriptors. Thread-safe for
// different sockets.
Result<UniqueFd> ConnectLocal(const std::string& path, Deadline deadline);
Result<void> WriteAll(int socket, std::string_view text, Deadline deadline);
// Reads a line and returns it without its end. Fails with kCorrupt if there is no line end within
// `most` bytes, or if something follows it.
Result<std::string> ReadLine(int socket, std::size_t most, Deadline deadline);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_WIRE_DEADLINE_SOCKET_H_
