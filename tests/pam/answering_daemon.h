#ifndef TWOFACTOR_TESTS_PAM_ANSWERING_DAEMON_H_
#define TWOFACTOR_TESTS_PAM_ANSWERING_DAEMON_H_

#include <atomic>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "common/base/paths.h"
#include "common/base/unique_fd.h"

namespace twofactor {

// Listens at a run directory's socket, and answers each call as the test specified for its method:
// {"result": …} or {"error": …}. For null it hangs until it is destroyed; for a string it closes
// the connection.
class AnsweringDaemon {
 public:
  AnsweringDaemon(const RunPaths& paths, std::map<std::string, nlohmann::json> answers);
  ~AnsweringDaemon();

  // Returns the methods that were called, in order.
  std::vector<std::string> Calls();

 private:
  void Serve();
  // Returns false to close the connection.
  bool AnswerLine(int connection);

  std::map<std::string, nlohmann::json> answers_;
  UniqueFd listener_;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::vector<std::string> calls_;  // Guarded by mutex_.
  std::thread thread_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_PAM_ANSWERING_DAEMON_H_
