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

}  // namespace twofactor
