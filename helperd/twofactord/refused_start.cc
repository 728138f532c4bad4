#include "helperd/twofactord/refused_start.h"

#include <systemd/sd-daemon.h>

#include <thread>

#include "helperd/twofactord/log.h"

namespace twofactor {

void ReportRefusedStart(const Error& error) {
  LogError(error.message());
  if (sd_notifyf(0, "STATUS=cannot start, and tries again every %lld seconds: %s",
                 static_cast<long long>(kRefusedStartPause.count()), error.message().c_str()) > 0) {
    std::this_thread::sleep_for(kRefusedStartPause);
  }
}

}  // namespace twofactor
