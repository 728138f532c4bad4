#ifndef TWOFACTOR_COMMON_WIRE_API_CLIENT_H_
#define TWOFACTOR_COMMON_WIRE_API_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace twofactor {

// A blocking client of the daemon's socket: newline-delimited JSON-RPC 2.0, one call at a time. The
// PAM module and twofactorctl use it.
//
// It trusts only the daemon: the peer must run as root or as the owner of the run directory
// (SO_PEERCRED), and an answer that is not a well-formed JSON-RPC answer to this call is kCorrupt.
//
// Not thread-safe: one thread at a time.
class ApiClient {
 public:
  // The maximum size of an answer; a longer one is kCorrupt.
  static constexpr std::size_t kMaxAnswerBytes = 1 << 20;

  // What a timeout limits: each call by itself, or connecting and all calls together, without the
  // time between them.
  enum class Bound { kEachCall, kAllCalls };

  // Connects within `timeout`, which also limits the later calls. Fails with kUnavailable (no
  // daemon), kTimedOut, kExhausted (this process is short of descriptors or memory), kNotPermitted
  // (somebody else listens there).
  static Result<ApiClient> Connect(const RunPaths& paths, std::chrono::milliseconds timeout,
                                   Bound bound = Bound::kEachCall);

  // Calls `method` with the JSON array `params` and returns the result.
  //
  // Fails with kUnavailable (connection lost), kTimedOut, kCorrupt, or with the daemon's error:
  // kUnknownMethod, kInvalidParams (with its validation errors), kRateLimited (too many calls), and
  // for -32001 by errno: EPERM kNotPermitted, ENOENT kNoSuchUser, EACCES kFactorRequired, EAGAIN
  // kRateLimited, EINVAL kConflict, ETIMEDOUT kTimedOut, EROFS kReadOnly, anything else kInternal,
  // with the daemon's reason as the message. After a call without a complete answer the connection
  // is closed, and later calls fail with kUnavailable. Wipes the texts of `params`, so that what is
  // moved into it leaves no code in the memory of an application.
  Result<nlohmann::json> Call(std::string_view method, nlohmann::json params);

  // Makes a new connection after the daemon closed the old one, as when it restarts, within the
  // time that is left. Fails like Connect, and then changes nothing.
  Result<void> Reconnect();

 private:
  // Sends a line and reads the answering line.
  Result<std::string> Exchange(std::string_view text);

  ApiClient(RunPaths paths, UniqueFd socket, std::chrono::milliseconds timeout, Bound bound)
      : paths_(std::move(paths)), socket_(std::move(socket)), timeout_(timeout), bound_(bound) {}

  // Subtracts the time since `start` from the time that is left.
  void Spend(std::chrono::steady_clock::time_point start);

  RunPaths paths_;
  UniqueFd socket_;
  std::chrono::milliseconds timeout_;  // What is left for the next call.
  Bound bound_;
  std::uint64_t next_id_ = 1;
};

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_WIRE_API_CLIENT_H_
