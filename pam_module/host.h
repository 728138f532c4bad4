#ifndef TWOFACTOR_PAM_MODULE_HOST_H_
#define TWOFACTOR_PAM_MODULE_HOST_H_

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

#include "common/base/audit_event.h"
#include "common/base/result.h"
#include "common/base/secret_bytes.h"

namespace twofactor {

// The application of a login as the module's core sees it: everything that it needs of libpam.
// PamHost is the real one; tests script one.
class Host {
 public:
  struct User {
    std::string name;  // NSS' canonical name.
    uid_t uid;
  };
  enum class LogLevel { kDebug, kNotice, kWarning, kError };
  // What the audit trail records about the end of a login. Never what was typed.
  struct Decision {
    AuditEvent event;
    LogLevel level;
    std::string user;     // As the application gave it; empty: not known.
    std::string method;   // What was verified: "code", "recovery-code"; empty: nothing.
    std::string reason;   // Empty if the event says it all.
    std::string message;  // The text for people, without the name and the host.
    std::string origin;   // "known" or "unknown" for the user; empty: no code was verified.
  };

  virtual ~Host() = default;
  // Returns the name that the login is for. Fails with kUnavailable (conversation) or kInternal.
  virtual Result<std::string> UserName() = 0;
  // Looks the name up; none if NSS has no such user. Fails with kExhausted, or with kUnavailable if
  // NSS has no answer: then nobody knows whether the user exists.
  virtual Result<std::optional<User>> LookUp(const std::string& name) = 0;
  // Returns whether enough descriptors and memory are left for an attempt. Without them, NSS may
  // even have said that a user is unknown because it could not look.
  virtual bool HasRoom() = 0;
  virtual std::string Service() = 0;
  // Return the origin of the login as the application gives it: another host, and the terminal.
  // Empty: not given.
  virtual std::string RemoteHost() = 0;
  virtual std::string Terminal() = 0;
  // Return who uses the application: the name that it gives (PAM_RUSER), empty if none, and the
  // real uid from the kernel, which is the caller's in a setuid program.
  virtual std::string RemoteUser() = 0;
  virtual uid_t CallerUid() = 0;
  // Returns whether the application wants no messages (PAM_SILENT), so that Tell and Show do
  // nothing.
  virtual bool IsSilent() = 0;
  // Asks the user and returns what was typed. Fails with kUnavailable if the conversation fails.
  virtual Result<SecretBytes> Ask(const std::string& prompt, bool echo) = 0;
  // Returns the password that an earlier module asked for, if there is one.
  virtual std::optional<SecretBytes> EarlierPassword() = 0;
  // Passes a password to the following modules.
  virtual bool LeavePassword(const SecretBytes& password) = 0;
  // Tells the user that something went wrong, unless the application wants silence.
  virtual void Tell(const std::string& message) = 0;
  // Shows the user a text. Returns false if the conversation failed.
  virtual bool Show(const std::string& text) = 0;
  // Logs a line for debugging.
  virtual void Log(LogLevel level, const std::string& message) = 0;
  // Writes one entry of the audit trail.
  virtual void Record(const Decision& decision) = 0;
  // The clock that times refusals, and a wait until one of its moments, which no signal shortens.
  using Moment = std::chrono::steady_clock::time_point;
  virtual Moment Now() = 0;
  virtual void WaitUntil(Moment moment) = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_HOST_H_
