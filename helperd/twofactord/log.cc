#include "helperd/twofactord/log.h"

#include <syslog.h>
#include <systemd/sd-daemon.h>

#define SD_JOURNAL_SUPPRESS_LOCATION  // The message says what a reader needs.
#include <systemd/sd-journal.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace twofactor {
namespace {

// systemd sets it for services whose standard error is the journal.
bool IsJournal() { return std::getenv("JOURNAL_STREAM") != nullptr; }

void Write(const char* priority, const std::string& message) {
  const bool journal = IsJournal();
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

void Remember(const std::string& error) {
  const std::lock_guard lock(TheLast().mutex);
  TheLast().error = error;
}

}  // namespace

void LogInfo(const std::string& message) { Write(SD_INFO, message); }
void LogWarning(const std::string& message) { Write(SD_WARNING, message); }

void LogError(const std::string& message) {
  Write(SD_ERR, message);
  Remember(message);
}

void LogEvent(const AuditEvent& event, const std::string& message) {
  const bool sent =
      IsJournal() && sd_journal_send("MESSAGE=%s", message.c_str(), "MESSAGE_ID=%s",
                                     event.message_id, "PRIORITY=%i", LOG_ERR, nullptr) == 0;
  if (!sent) {
    Write(SD_ERR, message);
  }
  Remember(message);
}

std::string LastError() {
  const std::lock_guard lock(TheLast().mutex);
  return TheLast().error;
}

}  // namespace twofactor
