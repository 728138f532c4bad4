#ifndef TWOFACTOR_COMMON_OTP_CODE_H_
#define TWOFACTOR_COMMON_OTP_CODE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/secret_bytes.h"

namespace twofactor {

// What a person typed or a program sent as a one-time password, without what is no part of it: the
// blanks and dashes that help to read it ("123 456", "123-456"), line ends, a byte order mark.
// Empty where it holds anything else but digits, a dash that is not between two of them, or more
// than kMaxDigits digits: such a thing matches no code.
//
// Thread-safe.
SecretBytes ParseCode(std::string_view typed);

// The letters and digits of recovery codes that we make: none that are easily taken for another.
inline constexpr std::string_view kRecoveryAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
inline constexpr std::size_t kRecoveryCharacters = 12;
// How many digits imported ones have (the scratch codes of pam_google_authenticator).
inline constexpr std::size_t kScratchDigits = 8;

// The same of a recovery code, in the form that is hashed: small letters, without blanks and
// dashes. Empty where it has not the form of one. Thread-safe.
SecretBytes ParseRecoveryCode(std::string_view typed);

// A recovery code as people are shown it: "abcd-efgh-jkmn". It is as secret as the code.
std::string InGroups(const SecretBytes& code);

// One try: what was typed, as every kind of code that it can be. Where a password may stand before
// the code it can be several, of which each device looks at the one that is as long as its codes.
//
// Thread-compatible.
class TypedCode {
 public:
  // Nothing that could be a code.
  TypedCode() = default;
  explicit TypedCode(const SecretBytes& code) { Add(code.Clone()); }
  static TypedCode Parse(std::string_view typed);

  void Add(SecretBytes code);
  void SetRecovery(SecretBytes code) { recovery_ = std::move(code); }

  bool empty() const { return codes_.empty() && recovery_.empty(); }
  const std::vector<SecretBytes>& codes() const { return codes_; }
  // The code of so many digits; empty where none is that long.
  const SecretBytes& OfLength(int digits) const;
  // As a recovery code, empty where it has not the form of one.
  const SecretBytes& recovery() const { return recovery_; }

 private:
  std::vector<SecretBytes> codes_;
  SecretBytes recovery_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_CODE_H_
