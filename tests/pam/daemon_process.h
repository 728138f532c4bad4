#ifndef TWOFACTOR_TESTS_PAM_DAEMON_PROCESS_H_
#define TWOFACTOR_TESTS_PAM_DAEMON_PROCESS_H_

#include <sys/types.h>

#include <string>

#include "common/base/paths.h"
#include "common/wire/api_client.h"
#include "tests/support/temp_directory.h"

namespace twofactor {

// The built twofactord with --foreground and its own store, which is kept from one start to the
// next. The destructor kills it.
class DaemonProcess {
 public:
  // `throttle` is the configuration's section of that name.
  explicit DaemonProcess(const std::string& throttle = "free_tries = 255\n");
  ~DaemonProcess() { Kill(); }
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // Starts it and waits until it answers. Returns false if it exited, or did not answer for a
  // minute; with many users, a debug build on a busy machine takes long.
  bool Start();
  // Returns the output of the last process that was started.
  std::string Log() const { return ReadFile(directory_ / "log"); }
  // Sends SIGKILL, if it runs.
  void Kill();

  std::string key_file() const { return directory_ / "key"; }
  std::string state() const { return directory_ / "state"; }
  RunPaths paths() const { return RunPaths(directory_ / "run"); }
  Result<ApiClient> Connect() const;

 private:
  TempDirectory directory_;
  pid_t process_ = -1;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_PAM_DAEMON_PROCESS_H_
