#ifndef TWOFACTOR_PAM_MODULE_TYPED_LINE_H_
#define TWOFACTOR_PAM_MODULE_TYPED_LINE_H_

#include <cstddef>
#include <vector>

#include "common/base/secret_bytes.h"
#include "common/livestore/verifier.h"
#include "common/otp/code.h"

namespace twofactor {

// A typed line, split into its parts. Thread-compatible.
class TypedLine {
 public:
  // A code and nothing else, of this many digits, or of any number for 0; always also a recovery
  // code.
  static TypedLine Alone(const SecretBytes& text, int digits);
  // A password followed by a code with one of these numbers of digits, or by a recovery code in the
  // form in which it is shown.
  static TypedLine WithPassword(const SecretBytes& text, const std::vector<int>& digits);

  const SecretBytes& text() const { return text_; }
  const TypedCode& code() const { return code_; }
  // WithPassword: returns what precedes the code that was verified; what precedes the first
  // possible code if none was right, or if there is no answer (null).
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
