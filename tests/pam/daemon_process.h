#ifndef TWOFACTOR_TESTS_PAM_DAEMON_PROCESS_H_
#define TWOFACTOR_TESTS_PAM_DAEMON_PROCESS_H_

#include <sys/types.h>

#include <string>

#include "common/base/paths.h"
#include "common/wire/api_client.h"
#include "tests/support/temp_directory.h"

namespace twofactor {

// The built twofactord with --foreground and a store of its own, which is kept from one start to
// the next. Ends with a kill.
class DaemonProcess {
 public:
  // `throttle` is what the configuration's section says.
  explicit DaemonProcess(const std::string& throttle = "free_tries = 255\n");
  ~DaemonProcess() { Kill(); }
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // Starts it and waits until it answers: false where it ended, or did not for a minute. With many
  // users, a debug build on a busy machine takes some of that.
  bool Start();
  // What the last one that was started wrote.
  std::string Log() const { return ReadFile(directory_ / "log"); }
  // SIGKILL, if it runs.
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
