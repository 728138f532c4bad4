#include "helperd/twofactord/api/audit.h"

#include <syslog.h>

#define SD_JOURNAL_SUPPRESS_LOCATION  // The line of this file says nothing about a call.
#include <systemd/sd-journal.h>

#include <cerrno>
#include <cstdio>

#include "common/base/audit_event.h"
#include "common/base/one_line.h"
#include "helperd/twofactord/rpc/rpc_errors.h"

namespace twofactor {
namespace {

bool IsSuccess(const AuditEntry& entry) { return entry.error == nullptr && entry.outcome.empty(); }

// What every health check and client does all the time.
bool IsRoutine(const AuditEntry& entry) {
  return IsSuccess(entry) && entry.method.substr(0, 5) == "core.";
}

}  // namespace

std::string_view OutcomeOf(const Error* error) {
  if (error == nullptr) {
    return "success";
  }
  const bool is_missing = !error->faults().empty() && error->faults()[0].error == ENOENT;
  return is_missing ? "ENOENT" : ErrnoOf(error->code()).name;
}

std::string_view OutcomeOf(const AuditEntry& entry) {
  return entry.outcome.empty() ? OutcomeOf(entry.error) : std::string_view(entry.outcome);
}

void JournalAuditor::Record(const AuditEntry& entry) {
  const int priority = IsRoutine(entry) ? LOG_DEBUG : IsSuccess(entry) ? LOG_INFO : LOG_NOTICE;
  const std::string method = OneLine(entry.method);
  const std::string outcome(OutcomeOf(entry));
  const std::string user = OneLine(entry.target);
  const std::string reason = OneLine(entry.reason);
  const std::string message = method + " of uid " + std::to_string(entry.uid) +
                              (user.empty() ? "" : " for " + user) + ": " + outcome +
                              (reason.empty() ? "" : " (" + reason + ")");
  if (to_stderr_) {
    if (priority != LOG_DEBUG) {
      std::fprintf(stderr, "%s\n", message.c_str());
    }
    return;
  }
  sd_journal_send("MESSAGE=%s", message.c_str(), "MESSAGE_ID=%s", audit_event::kCall.message_id,
                  "PRIORITY=%i", priority, "SYSLOG_FACILITY=%i", LOG_FAC(LOG_AUTHPRIV),
                  "TWOFACTOR_METHOD=%s", method.c_str(), "TWOFACTOR_CALLER_UID=%u", entry.uid,
                  "TWOFACTOR_CALLER_PID=%i", static_cast<int>(entry.pid), "TWOFACTOR_USER=%s",
                  user.c_str(), "TWOFACTOR_OUTCOME=%s", outcome.c_str(), "TWOFACTOR_REASON=%s",
                  reason.c_str(), nullptr);
}

void JournalAuditor::RecordBypassEnd(std::string_view user, std::string_view reason) {
  const std::string name = OneLine(user);
  const std::string why = OneLine(reason);
  const std::string message = "the bypass of " + name + " has ended: " + why;
  if (to_stderr_) {
    std::fprintf(stderr, "%s\n", message.c_str());
    return;
  }
  sd_journal_send("MESSAGE=%s", message.c_str(), "MESSAGE_ID=%s",
                  audit_event::kBypassEnded.message_id, "PRIORITY=%i", LOG_INFO,
                  "SYSLOG_FACILITY=%i", LOG_FAC(LOG_AUTHPRIV), "TWOFACTOR_USER=%s", name.c_str(),
                  "TWOFACTOR_REASON=%s", why.c_str(), nullptr);
}

void JournalAuditor::RecordMergedDevice(std::string_view user, std::string_view removed,
                                        std::string_view kept) {
  const std::string name = OneLine(user);
  const std::string reason =
      OneLine("device '" + std::string(removed) + "' has the same secret as device '" +
              std::string(kept) + "', which stays");
  const std::string message = "a device of " + name + " was removed: " + reason;
  if (to_stderr_) {
    std::fprintf(stderr, "%s\n", message.c_str());
    return;
  }
  sd_journal_send("MESSAGE=%s", message.c_str(), "MESSAGE_ID=%s",
                  audit_event::kDeviceMerged.message_id, "PRIORITY=%i", LOG_NOTICE,
                  "SYSLOG_FACILITY=%i", LOG_FAC(LOG_AUTHPRIV), "TWOFACTOR_USER=%s", name.c_str(),
                  "TWOFACTOR_REASON=%s", reason.c_str(), nullptr);
}

}  // namespace twofactor
