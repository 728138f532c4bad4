#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_AUDIT_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_AUDIT_H_

#include <sys/types.h>

#include <string>
#include <string_view>

#include "common/base/error.h"

namespace twofactor {

// One call, as the audit trail keeps it: never its parameters, but for what `reason` says.
struct AuditEntry {
  uid_t uid;
  pid_t pid;
  std::string_view method;
  std::string target;  // The user that the call was about, empty for none.
  const Error* error;  // Null for success.
  // What else the trail is to keep, such as why one of many users was changed; empty for most.
  std::string reason = {};
  // What came of a code, for a call that did not fail: "wrong" or "throttled". Empty for most.
  std::string outcome = {};
};

// Where audit lines go. Not synchronised.
class Auditor {
 public:
  virtual ~Auditor() = default;
  virtual void Record(const AuditEntry& entry) = 0;
  // The bypass of `user` has ended, and why: nobody may have called for it.
  virtual void RecordBypassEnd(std::string_view user, std::string_view reason) = 0;
  // A device of `user` was taken out, as another one had the same secret. Both by their labels.
  virtual void RecordMergedDevice(std::string_view user, std::string_view removed,
                                  std::string_view kept) = 0;
};

// To the systemd journal, with structured fields (TWOFACTOR_METHOD, TWOFACTOR_CALLER_UID, …); to
// standard error where there is no journal, or where `to_stderr` says so.
class JournalAuditor final : public Auditor {
 public:
  explicit JournalAuditor(bool to_stderr) : to_stderr_(to_stderr) {}
  void Record(const AuditEntry& entry) override;
  void RecordBypassEnd(std::string_view user, std::string_view reason) override;
  void RecordMergedDevice(std::string_view user, std::string_view removed,
                          std::string_view kept) override;

 private:
  bool to_stderr_;
};

// "success", "EPERM", "EINVAL", …: what the audit line says of an outcome.
std::string_view OutcomeOf(const Error* error);
// The same of a whole entry, in which the handler may have stated it.
std::string_view OutcomeOf(const AuditEntry& entry);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_AUDIT_H_
