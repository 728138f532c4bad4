#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_LIMITS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_LIMITS_H_

#include <chrono>
#include <cstddef>

namespace twofactor {

// What one peer may use of the daemon. A field for each bound, so that tests set small ones.
struct Limits {
  // The longest call there is, a renewal with the longest name, has 300 bytes; user.query may carry
  // a few hundred names.
  std::size_t message_bytes = 64UL * 1024;
  // Of the messages whose calls are under way, of all connections of a uid other than root; the
  // calls of more are answered with -32000. Parsed, a message takes up to 30 times its size.
  std::size_t message_bytes_per_uid = 256UL * 1024;
  // Levels of arrays and objects; the deepest call has four.
  int message_depth = 32;
  std::size_t batch_entries = 64;
  // As TrueNAS has it; more are answered with -32000.
  int calls_per_connection = 20;
  int calls_per_uid = 64;
  // In a second on average, and at once, by uid other than root; more are answered with -32000.
  int calls_per_second = 200;
  int calls_at_once = 400;
  // Of the daemon's CPU, in a second on average, and at once, by uid other than root; whoever has
  // used more is read from later. What is read at once may use half a second's share on top; its
  // further calls are answered with -32000.
  std::chrono::milliseconds time_per_second{200};
  std::chrono::milliseconds time_at_once{50};
  int connections_per_uid = 64;
  int connections = 4096;
  // Of them, only root may have the last ones.
  int connections_for_root = 64;
  // Answers that a peer does not read wait up to this size; then the connection is closed.
  std::size_t output_bytes = 4UL * 1024 * 1024;
  // The same of all connections of a uid other than root.
  std::size_t output_bytes_per_uid = 16UL * 1024 * 1024;
  // Above this nothing is read, so that nothing more has to be answered.
  std::size_t output_pause_bytes = 256UL * 1024;
  // From the connection to the first byte, and from a message's first byte to its last.
  std::chrono::milliseconds message_time{10000};
  // For one answer to be taken.
  std::chrono::milliseconds write_time{10000};
  // Between messages; a WebSocket is sent a ping at half of it, and an answer to that counts.
  std::chrono::milliseconds idle_time{600000};
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_LIMITS_H_
