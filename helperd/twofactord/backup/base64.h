#ifndef TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BASE64_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BASE64_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Base64 (RFC 4648 section 4), with padding. Thread-safe.
namespace twofactor {

std::string EncodeBase64(std::span<const std::uint8_t> bytes);

// None for everything that EncodeBase64 does not make.
std::optional<std::vector<std::uint8_t>> DecodeBase64(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_BACKUP_BASE64_H_
