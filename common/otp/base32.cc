#include "common/otp/base32.h"

#include <liboath/oath.h>

#include <cstdlib>
#include <string>

namespace twofactor {
namespace {

// Memory that liboath allocated; wiped and freed.
SecretBytes TakeOver(char* bytes, std::size_t size) {
  SecretBytes taken = SecretBytes::CopyOf(std::string_view(bytes, size));
  WipeMemory(bytes, size);
  std::free(bytes);
  return taken;
}

}  // namespace

Result<SecretBytes> EncodeBase32(const SecretBytes& secret) {
  char* encoded = nullptr;
  std::size_t size = 0;
  const void* bytes = secret.bytes().data();
  const int status =
      oath_base32_encode(static_cast<const char*>(bytes), secret.size(), &encoded, &size);
  if (status != OATH_OK) {
    return Fail(ErrorCode::kInternal, std::string("encode a secret: ") + oath_strerror(status));
  }
  SecretBytes text = TakeOver(encoded, size);
  if (const std::size_t padding = text.text().find('='); padding != std::string_view::npos) {
    text.Truncate(padding);
  }
  return text;
}

Result<SecretBytes> DecodeBase32(std::string_view text) {
  char* decoded = nullptr;
  std::size_t size = 0;
  if (oath_base32_decode(text.data(), text.size(), &decoded, &size) != OATH_OK) {
    return Fail(ErrorCode::kInvalidParams, "the secret is not base32 (RFC 4648)");
  }
  return TakeOver(decoded, size);
}

}  // namespace twofactor
