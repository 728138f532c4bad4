#include "tests/pam/daemon_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>

namespace twofactor {

DaemonProcess::DaemonProcess(const std::string& throttle) {
  const std::string& own = directory_.path();
  WriteFile(directory_ / "twofactord.conf", "[paths]\nrun_directory = " + own +
                                                "/run\nstate_directory = " + own +
                                                "/state\nkey_file = " + own +
                                                "/key\n"
                                                "[renewal]\nrequire_second_factor = false\n"
                                                "per_minute = 0\n"
                                                "[throttle]\n" +
                                                throttle);
}

bool DaemonProcess::Start() {
  const std::string config = directory_ / "twofactord.conf";
  process_ = fork();
  if (process_ == 0) {
    const int log = open((directory_ / "log").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(log, STDERR_FILENO);
    execl(TWOFACTORD, "twofactord", "--config", config.c_str(), "--foreground", nullptr);
    _exit(127);
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (std::chrono::steady_clock::now() < deadline) {
    auto client = Connect();
    if (client && client->Call("core.ping", nlohmann::json::array())) {
      return true;
    }
    if (waitpid(process_, nullptr, WNOHANG) == process_) {
      process_ = -1;
      return false;
    }
    usleep(2000);
  }
  return false;
}

void DaemonProcess::Kill() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = -1;
  }
}

Result<ApiClient> DaemonProcess::Connect() const {
  return ApiClient::Connect(paths(), std::chrono::seconds(10));
}

}  // namespace twofactor
