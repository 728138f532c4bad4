#ifndef TWOFACTOR_PAM_MODULE_PAM_HOST_H_
#define TWOFACTOR_PAM_MODULE_PAM_HOST_H_

#include <security/pam_modules.h>

#include <optional>
#include <string>
#include <string_view>

#include "common/base/unique_fd.h"
#include "pam_module/host.h"
#include "pam_module/journal.h"
#include "pam_module/line_text.h"

namespace twofactor {

// The host behind a pam_handle_t, and the only unit that knows libpam. Used within one call of one
// entry point.
class PamHost final : public Host {
 public:
  // Makes the socket for the record, if a descriptor is left.
  PamHost(pam_handle_t* handle, int flags);

  Result<std::string> UserName() override;
  Result<std::optional<User>> LookUp(const std::string& name) override;
  bool HasRoom() override;
  // Returns whether enough memory is left for an attempt. The C library ends a program that has
  // none for a thread's first exception, and crashes if NSS has none for its first name.
  static bool HasMemory() noexcept;
  std::string Service() override;
  std::string RemoteHost() override;
  std::string Terminal() override;
  std::string RemoteUser() override;
  uid_t CallerUid() override;
  bool IsSilent() override;
  Result<SecretBytes> Ask(const std::string& prompt, bool echo) override;
  std::optional<SecretBytes> EarlierPassword() override;
  bool LeavePassword(const SecretBytes& password) override;
  void Tell(const std::string& message) override;
  bool Show(const std::string& text) override;
  void Log(LogLevel level, const std::string& message) override;
  // Writes to the journal with fields (pam_twofactor(8)), or to syslog if there is no journal.
  void Record(const Decision& decision) override;
  // Writes the record of an attempt that ended with an exception. Allocates no memory.
  void RecordBroken(std::string_view reason) noexcept;
  Moment Now() override { return std::chrono::steady_clock::now(); }
  void WaitUntil(Moment moment) override;

 private:
  // The contents of an entry in the audit trail. The texts are the caller's.
  struct RecordTexts {
    const AuditEvent& event;
    LogLevel level;
    std::string_view user;
    std::string_view method;
    std::string_view reason;
    std::string_view message;
    std::string_view origin;
  };

  // Returns an item, valid until the application changes it. Empty if there is none.
  std::string_view ItemText(int type) const;
  void Write(const RecordTexts& texts) noexcept;
  void Send(int priority, const LineText& line, const JournalEntry& entry) noexcept;

  pam_handle_t* handle_;
  int flags_;
  UniqueFd log_socket_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_PAM_HOST_H_
