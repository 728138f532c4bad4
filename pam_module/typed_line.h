#ifndef TWOFACTOR_PAM_MODULE_TYPED_LINE_H_
#define TWOFACTOR_PAM_MODULE_TYPED_LINE_H_

#include <cstddef>
#include <vector>

#include "common/base/secret_bytes.h"
#include "common/livestore/verifier.h"
#include "common/otp/code.h"

namespace twofactor {

// What was typed in one line, taken apart. Thread-compatible.
class TypedLine {
 public:
  // A code and nothing else. Of so many digits, or of any number for 0; a recovery code in any
  // case.
  static TypedLine Alone(const SecretBytes& text, int digits);
  // What may be a code or a password: a recovery code counts in the form in which it is shown
  // alone, because many a password is twelve letters.
  static TypedLine MaybePassword(const SecretBytes& text);
  // A password with a code at its end, of as many digits as one of these. Or a recovery code, in
  // the form in which it is shown.
  static TypedLine WithPassword(const SecretBytes& text, const std::vector<int>& digits);

  const TypedCode& code() const { return code_; }
  // WithPassword: what stands before the code that was verified; before the first that it could be
  // where there was no right one, or no answer (null).
  SecretBytes PasswordBefore(const Verification* verification) const;

 private:
  explicit TypedLine(const SecretBytes& text) : text_(text.Clone()) {}

  SecretBytes text_;
  TypedCode code_;
  std::size_t first_digits_ = 0;
  std::size_t recovery_bytes_ = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_TYPED_LINE_H_
