#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_LIMITS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_LIMITS_H_

#include <chrono>
#include <cstddef>

namespace twofactor {

// What one peer may use of the daemon. Each limit is a field, so that tests can set small ones.
struct Limits {
  // The longest call, a renewal with the longest name, has 300 bytes; user.query may contain a few
  // hundred names.
  std::size_t message_bytes = 64UL * 1024;
  // For all messages with calls in progress, on all connections of a uid other than root. Further
  // calls are answered with -32000. Parsed, a message takes up to 30 times its size.
  std::size_t message_bytes_per_uid = 256UL * 1024;
  // Levels of arrays and objects; the deepest call has four.
  int message_depth = 32;
  std::size_t batch_entries = 64;
  // The same as TrueNAS; more are answered with -32000.
  int calls_per_connection = 20;
  int calls_per_uid = 64;
  // Per second on average, and at once, for a uid other than root; more are answered with -32000.
  int calls_per_second = 200;
  int calls_at_once = 400;
  // The daemon's CPU time, per second on average, and at once, for a uid other than root; a user
  // over this is read from later. What is read at once may use another half second's share; its
  // further calls are answered with -32000.
  std::chrono::milliseconds time_per_second{200};
  std::chrono::milliseconds time_at_once{50};
  int connections_per_uid = 64;
  int connections = 4096;
  // The last of them, which are reserved for root.
  int connections_for_root = 64;
  // The maximum size of unread answers; beyond it the connection is closed.
  std::size_t output_bytes = 4UL * 1024 * 1024;
  // The same for all connections of a uid other than root.
  std::size_t output_bytes_per_uid = 16UL * 1024 * 1024;
  // Above this, nothing is read, so that no more answers arise.
  std::size_t output_pause_bytes = 256UL * 1024;
  // From the connection to the first byte, and from a message's first byte to its last.
  std::chrono::milliseconds message_time{10000};
  // For the peer to read one answer.
  std::chrono::milliseconds write_time{10000};
  // Between messages. A WebSocket is sent a ping after half of it, and the answer to that counts.
  std::chrono::milliseconds idle_time{600000};
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_LIMITS_H_
