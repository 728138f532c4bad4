#include "helperd/twofactord/log.h"

#include <systemd/sd-daemon.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace twofactor {
namespace {

void Write(const char* priority, const std::string& message) {
  // systemd sets it for services whose standard error is the journal.
  const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
  std::fprintf(stderr, "%s%s%s\n", journal ? priority : "",
               journal ? "" : "twofactord: ", message.c_str());
}

struct Last {
  std::mutex mutex;
  std::string error;
};

Last& TheLast() {
  static Last last;
  return last;
}

}  // namespace

void LogInfo(const std::string& message) { Write(SD_INFO, message); }
void LogWarning(const std::string& message) { Write(SD_WARNING, message); }

void LogError(const std::string& message) {
  Write(SD_ERR, message);
  const std::lock_guard lock(TheLast().mutex);
  TheLast().error = message;
}

std::string LastError() {
  const std::lock_guard lock(TheLast().mutex);
  return TheLast().error;
}

}  // namespace twofactor
