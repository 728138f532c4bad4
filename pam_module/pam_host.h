#ifndef TWOFACTOR_PAM_MODULE_PAM_HOST_H_
#define TWOFACTOR_PAM_MODULE_PAM_HOST_H_

#include <security/pam_modules.h>

#include <optional>
#include <string>

#include "pam_module/host.h"

namespace twofactor {

// The host behind a pam_handle_t; the one unit that knows libpam. Used within one call of one entry
// point.
class PamHost final : public Host {
 public:
  PamHost(pam_handle_t* handle, int flags) : handle_(handle), flags_(flags) {}

  Result<std::string> UserName() override;
  std::optional<User> LookUp(const std::string& name) override;
  std::string Service() override;
  std::string RemoteHost() override;
  std::string Terminal() override;
  bool IsSilent() override;
  Result<SecretBytes> Ask(const std::string& prompt, bool echo) override;
  std::optional<SecretBytes> EarlierPassword() override;
  bool LeavePassword(const SecretBytes& password) override;
  void Tell(const std::string& message) override;
  bool Show(const std::string& text) override;
  void Log(LogLevel level, const std::string& message) override;
  // To the journal with fields (pam_twofactor(8)), or by pam_syslog where there is no journal.
  void Record(const Decision& decision) override;
  Moment Now() override { return std::chrono::steady_clock::now(); }
  void WaitUntil(Moment moment) override;

 private:
  std::string Item(int type);

  pam_handle_t* handle_;
  int flags_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_PAM_HOST_H_
