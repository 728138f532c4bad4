#ifndef TWOFACTOR_HELPERD_TWOFACTORD_LOG_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_LOG_H_

#include <string>

#include "common/base/audit_event.h"
#include "common/base/error.h"

namespace twofactor {

// The daemon's own lines, on standard error; under systemd each with its priority (sd-daemon(3)),
// so that the journal has it. Only main's units log: libraries give errors back.
void LogInfo(const std::string& message);
void LogWarning(const std::string& message);
void LogError(const std::string& message);

// As LogError, with the event's id in the journal.
void LogEvent(const AuditEvent& event, const std::string& message);

// What LogError or LogEvent said last in this process; empty if it never did. Any thread may ask.
std::string LastError();

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LOG_H_
