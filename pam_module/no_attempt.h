#ifndef TWOFACTOR_PAM_MODULE_NO_ATTEMPT_H_
#define TWOFACTOR_PAM_MODULE_NO_ATTEMPT_H_

#include <optional>
#include <string>

#include "common/base/secret_bytes.h"
#include "pam_module/typed_line.h"

namespace twofactor {

// Why an answer is no attempt at a code, in the words of the log; empty where it is one. An attempt
// is counted, and enough wrong ones make the user wait, so what nobody typed as a code is none:
// nothing, sshd's stand-in for what was typed, and the password that an earlier module had
// (`earlier`), which a program repeats that knows of one question only. A pure function.
std::string WhyNoAttempt(const TypedLine& typed, const std::optional<SecretBytes>& earlier);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_NO_ATTEMPT_H_
