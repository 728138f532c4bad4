#ifndef TWOFACTOR_TESTS_UNIT_WIRE_FAKE_DAEMON_H_
#define TWOFACTOR_TESTS_UNIT_WIRE_FAKE_DAEMON_H_

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "common/base/paths.h"
#include "common/base/unique_fd.h"
#include "tests/support/temp_directory.h"

namespace twofactor {

// For what is expected to answer at once.
inline constexpr std::chrono::milliseconds kAmple{10'000};

// What stands at the other end of a run directory's socket: takes one connection in, and does to it
// whatever a test wants.
class FakeDaemon {
 public:
  using Behaviour = std::function<void(int connection)>;

  // Reads one request, then answers with these bytes and waits until the client goes.
  explicit FakeDaemon(const std::string& answer);
  explicit FakeDaemon(Behaviour behaviour);
  ~FakeDaemon();

  RunPaths paths() const { return RunPaths(directory_.path()); }
  // The request that was read, once the client has its answer.
  const std::string& request() const { return request_; }

 private:
  void Serve(const Behaviour& behaviour);

  TempDirectory directory_;
  UniqueFd listener_;
  std::string request_;
  std::thread thread_;
};

// A listening socket at `path`.
UniqueFd ListenAt(const std::string& path, int backlog);
// Reads up to a line end, or to the connection's end.
std::string ReadRequest(int connection);
// Sends all that the other end takes.
void Say(int connection, const std::string& text);

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_WIRE_FAKE_DAEMON_H_
