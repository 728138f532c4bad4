#include "cli/import/plain_text.h"

#include <nlohmann/json.hpp>

namespace twofactor {
namespace {

bool ContinuesCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

bool IsUtf8(const std::string& text) {
  try {
    return !nlohmann::json(text).dump().empty();
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

}  // namespace

std::string PlainText(std::string_view text, std::size_t most_bytes) {
  std::size_t size = text.size() < most_bytes ? text.size() : most_bytes;
  while (size > 0 && size < text.size() && ContinuesCharacter(text[size])) {
    --size;
  }
  std::string plain(text.substr(0, size));
  const bool ascii_only = !IsUtf8(plain);
  for (char& character : plain) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7F || (ascii_only && byte >= 0x80)) {
      character = '?';
    }
  }
  return plain;
}

}  // namespace twofactor
