#ifndef TWOFACTOR_HELPERD_TWOFACTORD_REFUSED_START_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_REFUSED_START_H_

#include <chrono>

#include "common/base/error.h"

namespace twofactor {

// How long a daemon that cannot serve is there before systemd starts the next one: long enough that
// a wrong key does not fill the journal, short enough that the right one is soon noticed.
inline constexpr std::chrono::seconds kRefusedStartPause{5};

// The exit status after such a pause, which systemd/pause-after-failure knows (sysexits.h).
inline constexpr int kRefusedAndPaused = 75;

// Says why the daemon does not serve, and gives the exit status. Under systemd (sd_notify(3)) it
// says so to 'systemctl status', too, and returns after kRefusedStartPause only: RestartSec= is
// what a crash needs, which is to be over before anybody notices, and what a start needs that fails
// is somebody who mends the cause. SIGTERM ends the pause, and the process.
int ReportRefusedStart(const Error& error);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_REFUSED_START_H_
