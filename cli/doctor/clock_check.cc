#include <sys/timex.h>

#include "cli/doctor/checks.h"
#include "cli/translate.h"

namespace twofactor {

Findings CheckClock() {
  timex state{};
  const int result = adjtimex(&state);
  if (result < 0) {
    return {{Finding::Level::kWarning, "clock.unknown",
             Say("The kernel does not tell how its clock is."),
             Say("Make sure that the time is right: codes are made of it.")}};
  }
  if (result == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
    return {{Finding::Level::kWarning, "clock.not-synchronised",
             Say("The clock is not kept right by a time service."),
             Say("Install systemd-timesyncd or chrony: a clock that is a minute off refuses every "
                 "code.")}};
  }
  return {{Finding::Level::kOk, "clock.synchronised", Say("The clock is kept right."), ""}};
}

}  // namespace twofactor
