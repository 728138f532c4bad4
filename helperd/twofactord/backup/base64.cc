#include "helperd/twofactord/backup/base64.h"

#include <openssl/evp.h>

namespace twofactor {
namespace {

const std::uint8_t* AsBytes(const void* start) { return static_cast<const std::uint8_t*>(start); }

}  // namespace

std::string EncodeBase64(std::span<const std::uint8_t> bytes) {
  // OpenSSL writes a NUL behind it.
  std::vector<std::uint8_t> text((bytes.size() + 2) / 3 * 4 + 1);
  const int size = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  return {text.begin(), text.begin() + size};
}

std::optional<std::vector<std::uint8_t>> DecodeBase64(std::string_view text) {
  std::vector<std::uint8_t> bytes(text.size() / 4 * 3);
  const int size =
      EVP_DecodeBlock(bytes.data(), AsBytes(text.data()), static_cast<int>(text.size()));
  if (text.size() % 4 != 0 || size != static_cast<int>(bytes.size())) {
    return std::nullopt;
  }
  // OpenSSL counts the padding as bytes, and takes blanks around the text and stray bits in it.
  const std::size_t padding = text.size() - (text.find_last_not_of('=') + 1);
  if (padding > 2 || padding > bytes.size()) {
    return std::nullopt;
  }
  bytes.resize(bytes.size() - padding);
  return EncodeBase64(bytes) == text ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace twofactor
