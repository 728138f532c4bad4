#include "helperd/twofactord/otpauth/provisioning_uri.h"

#include <liboath/oath.h>

#include <algorithm>
#include <cstdlib>

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

// Base32 (RFC 4648) without padding, which apps do not read.
Result<SecretBytes> EncodeBase32(const SecretBytes& secret) {
  char* encoded = nullptr;
  std::size_t size = 0;
  const void* bytes = secret.bytes().data();
  const int status =
      oath_base32_encode(static_cast<const char*>(bytes), secret.size(), &encoded, &size);
  if (status != OATH_OK) {
    return Fail(ErrorCode::kInternal, std::string("encode a secret: ") + oath_strerror(status));
  }
  std::string_view text(encoded, size);
  text = text.substr(0, text.find('='));
  SecretBytes result = SecretBytes::CopyOf(text);
  WipeMemory(encoded, size);
  std::free(encoded);
  return result;
}

std::string ParametersSuffix(const OtpParameters& parameters) {
  const OtpParameters defaults;
  std::string suffix;
  if (parameters.algorithm != defaults.algorithm) {
    suffix += "&algorithm=" + std::string(AlgorithmName(parameters.algorithm));
  }
  if (parameters.digits != defaults.digits) {
    suffix += "&digits=" + std::to_string(parameters.digits);
  }
  if (parameters.interval != defaults.interval) {
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

Result<SecretBytes> MakeProvisioningUri(const OtpauthLabel& label, const SecretBytes& secret,
                                        const OtpParameters& parameters) {
  const auto base32 = EncodeBase32(secret);
  if (!base32) {
    return Fail(base32.error());
  }
  const std::string issuer = PercentEncode(label.issuer);
  const std::string before =
      "otpauth://totp/" + issuer + ":" + PercentEncode(label.account) + "?secret=";
  const std::string after = "&issuer=" + issuer + ParametersSuffix(parameters);
  SecretBytes uri(before.size() + base32->size() + after.size());
  auto* next = std::copy(before.begin(), before.end(), uri.mutable_bytes().data());
  next = std::copy(base32->bytes().begin(), base32->bytes().end(), next);
  std::copy(after.begin(), after.end(), next);
  return uri;
}

}  // namespace twofactor
