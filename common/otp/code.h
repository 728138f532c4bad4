#ifndef TWOFACTOR_COMMON_OTP_CODE_H_
#define TWOFACTOR_COMMON_OTP_CODE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/secret_bytes.h"

namespace twofactor {

// Returns what a user typed or a program sent as a code, without what does not belong to it: blanks
// and dashes for readability ("123 456", "123-456"), line ends, a byte order mark. Empty if it
// contains anything but digits, a dash that is not between two digits, or more than kMaxDigits
// digits; this matches no code.
//
// Thread-safe.
SecretBytes ParseCode(std::string_view typed);

// The letters and digits of the recovery codes that we make, without any that are easily confused.
inline constexpr std::string_view kRecoveryAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
inline constexpr std::size_t kRecoveryCharacters = 12;
// The number of digits of imported ones (the scratch codes of pam_google_authenticator).
inline constexpr std::size_t kScratchDigits = 8;

// Returns a recovery code in the form that is hashed: lowercase, without blanks and dashes. Empty
// if it does not have the form of one. Thread-safe.
SecretBytes ParseRecoveryCode(std::string_view typed);

// Returns a recovery code as users see it: "abcd-efgh-jkmn". It is as secret as the code.
std::string InGroups(const SecretBytes& code);

// One attempt: the typed text as every kind of code that it may be. If a password may precede the
// code there can be several, of which each device checks the one with the length of its codes.
//
// Thread-compatible.
class TypedCode {
 public:
  // Makes one that is not a code.
  TypedCode() = default;
  explicit TypedCode(const SecretBytes& code) { Add(code.Clone()); }
  static TypedCode Parse(std::string_view typed);

  void Add(SecretBytes code);
  void SetRecovery(SecretBytes code) { recovery_ = std::move(code); }

  bool empty() const { return codes_.empty() && recovery_.empty(); }
  const std::vector<SecretBytes>& codes() const { return codes_; }
  // Returns the code with this many digits; empty if there is none.
  const SecretBytes& OfLength(int digits) const;
  // Returns the text as a recovery code; empty if it does not have the form of one.
  const SecretBytes& recovery() const { return recovery_; }

 private:
  std::vector<SecretBytes> codes_;
  SecretBytes recovery_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_CODE_H_
