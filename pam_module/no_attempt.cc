#include "pam_module/no_attempt.h"

#include <string_view>

namespace twofactor {
namespace {

// sshd answers with it, cut or repeated to the length of what was typed, for a user whom it will
// not let in whatever PAM says (OpenSSH, auth-pam.c, fake_password).
constexpr std::string_view kSshdsStandIn = "\b\n\r\177INCORRECT";

bool IsSshdsStandIn(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != kSshdsStandIn[i % kSshdsStandIn.size()]) {
      return false;
    }
  }
  return !text.empty();
}

}  // namespace

std::string WhyNoAttempt(const TypedLine& typed, const std::optional<SecretBytes>& earlier) {
  if (IsSshdsStandIn(typed.text().text())) {
    return "sshd does not let this user in by keyboard-interactive (see PermitRootLogin, AllowUsers"
           " and DenyUsers in sshd_config(5))";
  }
  if (earlier && !earlier->empty() && typed.text().Equals(*earlier)) {
    return "the application repeated the password instead of a code";
  }
  return typed.code().empty() ? "no code" : "";
}

}  // namespace twofactor
