#include "common/otp/code.h"

#include <array>
#include <cstdint>

#include "common/otp/otp_parameters.h"

namespace twofactor {

SecretBytes ParseCode(std::string_view typed) {
  std::array<std::uint8_t, kMaxDigits> digits{};
  std::size_t count = 0;
  bool well_formed = true;
  for (const char character : typed) {
    if (character == ' ' || character == '\t') {
      continue;
    }
    if (character < '0' || character > '9' || count == digits.size()) {
      well_formed = false;
      break;
    }
    digits[count++] = static_cast<std::uint8_t>(character);
  }
  SecretBytes code =
      well_formed ? SecretBytes::CopyOf(std::span(digits.data(), count)) : SecretBytes();
  WipeMemory(digits.data(), digits.size());
  return code;
}

SecretBytes ParseRecoveryCode(std::string_view typed) {
  SecretBytes code(kRecoveryCharacters);
  std::size_t count = 0;
  bool only_digits = true;
  for (char character : typed) {
    if (character == ' ' || character == '\t' || character == '-') {
      continue;
    }
    if (character >= 'A' && character <= 'Z') {
      character = static_cast<char>(character - 'A' + 'a');
    }
    const bool digit = character >= '0' && character <= '9';
    only_digits = only_digits && digit;
    const bool known = digit || kRecoveryAlphabet.find(character) != std::string_view::npos;
    if (!known || count == code.size()) {
      return {};
    }
    code.mutable_bytes()[count++] = static_cast<std::uint8_t>(character);
  }
  const bool ours = count == kRecoveryCharacters &&
                    code.text().find_first_not_of(kRecoveryAlphabet) == std::string_view::npos;
  if (!ours && !(only_digits && count == kScratchDigits)) {
    return {};
  }
  code.Truncate(count);
  return code;
}

std::string InGroups(const SecretBytes& code) {
  constexpr std::size_t kGroup = 4;
  std::string text;
  for (std::size_t i = 0; i < code.size(); i += kGroup) {
    text += i == 0 ? "" : "-";
    text += code.text().substr(i, kGroup);
  }
  return text;
}

TypedCode TypedCode::Parse(std::string_view typed) {
  TypedCode parsed;
  parsed.Add(ParseCode(typed));
  parsed.SetRecovery(ParseRecoveryCode(typed));
  return parsed;
}

void TypedCode::Add(SecretBytes code) {
  if (!code.empty()) {
    codes_.push_back(std::move(code));
  }
}

const SecretBytes& TypedCode::OfLength(int digits) const {
  static const SecretBytes kNone;
  for (const SecretBytes& code : codes_) {
    if (code.size() == static_cast<std::size_t>(digits)) {
      return code;
    }
  }
  return kNone;
}

}  // namespace twofactor
