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

// Blocking input and output on a local socket, each with a deadline (poll(2)); no signal is sent,
// no handler needed. They fail with kUnavailable (nobody there, connection lost), kTimedOut
// or, where a socket is made, kExhausted. A socket is none of the three standard descriptors.
// Thread-safe between sockets.
Result<UniqueFd> ConnectLocal(const std::string& path, Deadline deadline);
Result<void> WriteAll(int socket, std::string_view text, Deadline deadline);
// Reads up to and without a line end; kCorrupt where none comes within `most` bytes, or where
// something follows it.
Result<std::string> ReadLine(int socket, std::size_t most, Deadline deadline);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_WIRE_DEADLINE_SOCKET_H_
