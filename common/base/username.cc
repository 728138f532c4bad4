#include "common/base/username.h"

namespace twofactor {
namespace {

// The length in bytes of the UTF-8 sequence (RFC 3629) that `text` starts with, 0 where it is not one.
std::size_t Utf8SequenceLength(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) {
    return 1;
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
    return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  // Overlong forms, UTF-16 surrogates and what lies beyond U+10FFFF.
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
      (lead == 0xF4 && second > 0x8F)) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      return 0;
    }
  }
  return length;
}

}  // namespace

Result<Username> Username::Parse(std::string_view name) {
  if (name.empty()) {
    return Fail(ErrorCode::kInvalidParams, "must not be empty");
  }
  if (name.size() > kMaxBytes) {
    return Fail(ErrorCode::kInvalidParams, "must be at most " + std::to_string(kMaxBytes) + " bytes");
  }
  for (std::size_t i = 0; i < name.size();) {
    const std::size_t length = Utf8SequenceLength(name.substr(i));
    if (length == 0) {
      return Fail(ErrorCode::kInvalidParams, "must be valid UTF-8");
    }
    const auto byte = static_cast<unsigned char>(name[i]);
    if (byte < 0x20 || byte == 0x7F || byte == '/' || byte == ':') {
      return Fail(ErrorCode::kInvalidParams, "must not hold control characters, '/' or ':'");
    }
    i += length;
  }
  return Username(std::string(name));
}

}  // namespace twofactor
