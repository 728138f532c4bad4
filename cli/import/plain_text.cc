#include "cli/import/plain_text.h"

#include "common/base/one_line.h"

namespace twofactor {
namespace {

bool ContinuesCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

}  // namespace

std::string PlainText(std::string_view text, std::size_t most_bytes) {
  std::size_t size = text.size() < most_bytes ? text.size() : most_bytes;
  while (size > 0 && size < text.size() && ContinuesCharacter(text[size])) {
    --size;
  }
  return OneLine(text.substr(0, size));
}

}  // namespace twofactor
