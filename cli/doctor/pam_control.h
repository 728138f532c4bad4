#ifndef TWOFACTOR_CLI_DOCTOR_PAM_CONTROL_H_
#define TWOFACTOR_CLI_DOCTOR_PAM_CONTROL_H_

#include <array>
#include <string_view>
#include <tuple>

namespace twofactor {

// What libpam does after a module's answer (pam.conf(5), CONTROL).
struct PamAction {
  enum class Kind { kIgnore, kOk, kDone, kBad, kDie, kReset, kJump };

  Kind kind;
  int lines = 0;  // kJump: how many are jumped over.

  friend bool operator==(const PamAction&, const PamAction&) = default;
  friend bool operator<(const PamAction& a, const PamAction& b) {
    return std::tie(a.kind, a.lines) < std::tie(b.kind, b.lines);
  }
};

// Every answer that a control can name, in the order of libpam's numbers.
inline constexpr std::array<std::string_view, 32> kPamAnswers = {"success",
                                                                 "open_err",
                                                                 "symbol_err",
                                                                 "service_err",
                                                                 "system_err",
                                                                 "buf_err",
                                                                 "perm_denied",
                                                                 "auth_err",
                                                                 "cred_insufficient",
                                                                 "authinfo_unavail",
                                                                 "user_unknown",
                                                                 "maxtries",
                                                                 "new_authtok_reqd",
                                                                 "acct_expired",
                                                                 "session_err",
                                                                 "cred_unavail",
                                                                 "cred_expired",
                                                                 "cred_err",
                                                                 "no_module_data",
                                                                 "conv_err",
                                                                 "authtok_err",
                                                                 "authtok_recover_err",
                                                                 "authtok_lock_busy",
                                                                 "authtok_disable_aging",
                                                                 "try_again",
                                                                 "ignore",
                                                                 "abort",
                                                                 "authtok_expired",
                                                                 "module_unknown",
                                                                 "bad_item",
                                                                 "conv_again",
                                                                 "incomplete"};

// The action that `control` ("required", or what stands in brackets: "success=1 default=ignore")
// has for one of kPamAnswers. A control of which libpam does not understand a part is kBad for
// every answer, as there.
PamAction ActionFor(std::string_view control, std::string_view answer);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_PAM_CONTROL_H_
