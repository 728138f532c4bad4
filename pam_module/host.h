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

// The program that a login runs in, as the module's core sees it: what is asked of libpam. The real
// one is PamHost; tests script one.
class Host {
 public:
  struct User {
    std::string name;  // NSS' canonical name.
    uid_t uid;
  };
  enum class LogLevel { kDebug, kNotice, kWarning, kError };
  // What the audit trail keeps of how a login ended. Never what was typed.
  struct Decision {
    AuditEvent event;
    LogLevel level;
    std::string user;     // As the program gave it; empty: not known.
    std::string method;   // What was verified: "code", "recovery-code"; empty: nothing was.
    std::string reason;   // Empty where the event says it all.
    std::string message;  // The line for people, without the name and the host.
    std::string origin;   // "known" or "unknown" to the user; empty: no code was verified.
  };

  virtual ~Host() = default;
  // The name that the login is for. Fails with kUnavailable (conversation) or kInternal.
  virtual Result<std::string> UserName() = 0;
  // None: NSS has no such user. Fails with kExhausted, or kUnavailable where NSS has no answer:
  // then nobody knows whether there is one.
  virtual Result<std::optional<User>> LookUp(const std::string& name) = 0;
  // Are there as many descriptors, and as much memory, left as an attempt can need? Where there are
  // not, NSS may even have said that it does not know a user whom it could not look for.
  virtual bool HasRoom() = 0;
  virtual std::string Service() = 0;
  // Where the login comes from, as the program says: another host, and the terminal. Empty: it
  // does not say.
  virtual std::string RemoteHost() = 0;
  virtual std::string Terminal() = 0;
  // Who is behind the program: the name that it gives (PAM_RUSER), empty where it gives none, and
  // the real uid that the kernel knows, which is the caller's in a set-user-ID program.
  virtual std::string RemoteUser() = 0;
  virtual uid_t CallerUid() = 0;
  // The program wants no messages (PAM_SILENT), so Tell and Show say nothing.
  virtual bool IsSilent() = 0;
  // Asks the user, and gives what was typed. Fails with kUnavailable where the conversation did.
  virtual Result<SecretBytes> Ask(const std::string& prompt, bool echo) = 0;
  // The password that an earlier module asked for, none if there was none.
  virtual std::optional<SecretBytes> EarlierPassword() = 0;
  // Leaves a password for the modules that follow.
  virtual bool LeavePassword(const SecretBytes& password) = 0;
  // Tells the user that something went wrong, unless the host wants silence.
  virtual void Tell(const std::string& message) = 0;
  // Shows the user something. False: the conversation failed.
  virtual bool Show(const std::string& text) = 0;
  // A line for whoever looks into a fault.
  virtual void Log(LogLevel level, const std::string& message) = 0;
  // One entry of the audit trail.
  virtual void Record(const Decision& decision) = 0;
  // The clock that refusals are told by, and a wait for a moment of it, which no signal shortens.
  using Moment = std::chrono::steady_clock::time_point;
  virtual Moment Now() = 0;
  virtual void WaitUntil(Moment moment) = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_HOST_H_
