#include "helperd/twofactord/otpauth/provisioning_uri.h"

#include <algorithm>

#include "common/otp/base32.h"

namespace twofactor {
namespace {

bool IsUnreserved(char character) {
  return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
         (character >= '0' && character <= '9') || character == '-' || character == '.' ||
         character == '_' || character == '~';
}

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char character : text) {
    if (IsUnreserved(character)) {
      encoded += character;
      continue;
    }
    const auto byte = static_cast<unsigned char>(character);
    encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return encoded;
}

std::string ParametersSuffix(DeviceKind kind, const OtpParameters& parameters) {
  const OtpParameters defaults;
  std::string suffix;
  if (parameters.algorithm != defaults.algorithm) {
    suffix += "&algorithm=" + std::string(AlgorithmName(parameters.algorithm));
  }
  if (parameters.digits != defaults.digits) {
    suffix += "&digits=" + std::to_string(parameters.digits);
  }
  if (kind == DeviceKind::kHotp) {
    suffix += "&counter=0";
  } else if (parameters.interval != defaults.interval) {
    suffix += "&period=" + std::to_string(parameters.interval.count());
  }
  return suffix;
}

}  // namespace

std::string ExpandAccount(std::string_view pattern, const Username& username,
                          std::string_view hostname) {
  std::string account;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char next = i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (pattern[i] != '%' || (next != 'u' && next != 'h' && next != '%')) {
      account += pattern[i];
      continue;
    }
    account += next == 'u'   ? std::string_view(username.text())
               : next == 'h' ? hostname
                             : std::string_view("%");
    ++i;
  }
  return account;
}

Result<SecretBytes> MakeProvisioningUri(const OtpauthLabel& label, DeviceKind kind,
                                        const SecretBytes& secret,
                                        const OtpParameters& parameters) {
  const auto base32 = EncodeBase32(secret);
  if (!base32) {
    return Fail(base32.error());
  }
  const std::string issuer = PercentEncode(label.issuer);
  const std::string before =
      std::string(kind == DeviceKind::kHotp ? "otpauth://hotp/" : "otpauth://totp/") + issuer +
      ":" + PercentEncode(label.account) + "?secret=";
  const std::string after = "&issuer=" + issuer + ParametersSuffix(kind, parameters);
  SecretBytes uri(before.size() + base32->size() + after.size());
  auto* next = std::copy(before.begin(), before.end(), uri.mutable_bytes().data());
  next = std::copy(base32->bytes().begin(), base32->bytes().end(), next);
  std::copy(after.begin(), after.end(), next);
  return uri;
}

}  // namespace twofactor
