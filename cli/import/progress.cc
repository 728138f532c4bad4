#include "cli/import/progress.h"

#include <unistd.h>

#include <cstdio>

#include "cli/translate.h"

namespace twofactor {

Progress::Progress() : shows_(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (shows_) {
    // Over what was written, and back.
    std::fprintf(stderr, "\r%40s\r", "");
  }
}

void Progress::Tell(std::size_t done, std::size_t of) {
  if (shows_) {
    std::fprintf(stderr, "\r%s", SayCount("%2 of %1 user", "%2 of %1 users", of, done).c_str());
  }
}

}  // namespace twofactor
