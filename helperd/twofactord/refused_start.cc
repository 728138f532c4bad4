#include "helperd/twofactord/refused_start.h"

#include <systemd/sd-daemon.h>

#include <cstdlib>
#include <thread>

#include "helperd/twofactord/log.h"

namespace twofactor {

int ReportRefusedStart(const Error& error) {
  LogEvent(audit_event::kCannotStart, error.message());
  if (sd_notifyf(0, "STATUS=cannot start, and tries again every %lld seconds: %s",
                 static_cast<long long>(kRefusedStartPause.count()), error.message().c_str()) > 0) {
    std::this_thread::sleep_for(kRefusedStartPause);
    return kRefusedAndPaused;
  }
  return EXIT_FAILURE;
}

}  // namespace twofactor
