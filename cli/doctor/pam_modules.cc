#include "cli/doctor/pam_modules.h"

#include <algorithm>
#include <array>

#include "cli/doctor/pam_control.h"
#include "cli/doctor/pam_service.h"

namespace twofactor {
namespace {

constexpr std::array<std::string_view, 9> kConditions = {
    "pam_succeed_if.so", "pam_access.so", "pam_listfile.so", "pam_localuser.so", "pam_usertype.so",
    "pam_time.so",       "pam_group.so",  "pam_shells.so",   "pam_wheel.so"};

// Modules that ask nobody for anything.
constexpr std::array<std::string_view, 32> kProveNothing = {
    kPamModule,         "pam_cap.so",       "pam_debug.so",
    "pam_deny.so",      "pam_echo.so",      "pam_env.so",
    "pam_faildelay.so", "pam_faillock.so",  "pam_gnome_keyring.so",
    "pam_issue.so",     "pam_keyinit.so",   "pam_kwallet.so",
    "pam_kwallet5.so",  "pam_lastlog.so",   "pam_limits.so",
    "pam_loginuid.so",  "pam_mail.so",      "pam_mkhomedir.so",
    "pam_motd.so",      "pam_namespace.so", "pam_nologin.so",
    "pam_permit.so",    "pam_rootok.so",    "pam_securetty.so",
    "pam_selinux.so",   "pam_sepermit.so",  "pam_systemd.so",
    "pam_tally2.so",    "pam_tty_audit.so", "pam_umask.so",
    "pam_warn.so",      "pam_xauth.so"};

template <std::size_t N>
bool IsOneOf(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool IsCondition(std::string_view module) { return IsOneOf(kConditions, module); }

bool ProvesIdentity(std::string_view module) {
  return !module.empty() && !IsOneOf(kProveNothing, module) && !IsCondition(module);
}

std::vector<std::string_view> AnswersOf(std::string_view module) {
  if (module == "pam_permit.so") {
    return {"success"};
  }
  if (module == "pam_deny.so" || module == "pam_rootok.so") {
    return {"auth_err"};
  }
  return {kPamAnswers.begin(), kPamAnswers.end()};
}

}  // namespace twofactor
