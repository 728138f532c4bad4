#include "pam_module/typed_line.h"

#include <algorithm>

namespace twofactor {
namespace {

std::string_view EndOf(std::string_view text, std::size_t bytes) {
  return text.substr(text.size() - std::min(bytes, text.size()));
}

// Twelve characters in groups of four: "abcd-efgh-jkmn".
constexpr std::size_t kShownRecoveryBytes = kRecoveryCharacters + 2;

bool HasShownForm(std::string_view text) {
  return text.size() == kShownRecoveryBytes && text[4] == '-' && text[9] == '-';
}

// How much of the end of `text` is a recovery code as people are shown it; 0: nothing.
std::size_t RecoveryBytesAtEnd(std::string_view text) {
  if (HasShownForm(EndOf(text, kShownRecoveryBytes))) {
    return kShownRecoveryBytes;
  }
  const std::string_view scratch = EndOf(text, kScratchDigits);
  const bool digits =
      std::all_of(scratch.begin(), scratch.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && scratch.size() == kScratchDigits ? kScratchDigits : 0;
}

}  // namespace

TypedLine TypedLine::Alone(const SecretBytes& text, int digits) {
  TypedLine line(text);
  SecretBytes code = ParseCode(text.text());
  if (digits == 0 || code.size() == static_cast<std::size_t>(digits)) {
    line.code_.Add(std::move(code));
  }
  line.code_.SetRecovery(ParseRecoveryCode(text.text()));
  return line;
}

TypedLine TypedLine::WithPassword(const SecretBytes& text, const std::vector<int>& digits) {
  TypedLine line(text);
  for (const int number : digits) {
    line.code_.Add(ParseCode(EndOf(text.text(), static_cast<std::size_t>(number))));
  }
  line.first_digits_ = digits.empty() ? 0 : static_cast<std::size_t>(digits.front());
  line.recovery_bytes_ = RecoveryBytesAtEnd(text.text());
  line.code_.SetRecovery(ParseRecoveryCode(EndOf(text.text(), line.recovery_bytes_)));
  return line;
}

SecretBytes TypedLine::PasswordBefore(const Verification* verification) const {
  std::size_t code = first_digits_;
  if (verification != nullptr && verification->recovery_codes_left) {
    code = recovery_bytes_;
  } else if (verification != nullptr && verification->digits > 0) {
    code = static_cast<std::size_t>(verification->digits);
  }
  return SecretBytes::CopyOf(text_.text().substr(0, text_.size() - std::min(code, text_.size())));
}

}  // namespace twofactor
