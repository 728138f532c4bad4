#include "common/base/one_line.h"

#include <algorithm>
#include <array>

namespace twofactor {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Characters that end a line, control a terminal, or change the direction of text.
constexpr std::array kControls = {Range{0x0000, 0x001F}, Range{0x007F, 0x009F},
                                  Range{0x061C, 0x061C}, Range{0x200E, 0x200F},
                                  Range{0x2028, 0x202E}, Range{0x2066, 0x2069}};
// Invisible characters.
constexpr std::array kInvisible = {Range{0x200B, 0x200D}, Range{0x2060, 0x206F},
                                   Range{0xFEFF, 0xFEFF}, Range{0xFFF9, 0xFFFB},
                                   Range{0xFDD0, 0xFDEF}, Range{0xE0000, 0xE007F}};

template <typename Ranges>
bool IsAmong(const Ranges& ranges, char32_t character) {
  return std::any_of(ranges.begin(), ranges.end(), [character](const Range& range) {
    return character >= range.first && character <= range.last;
  });
}

// The last two characters of each plane are noncharacters as well.
bool IsShown(char32_t character) {
  return !IsAmong(kControls, character) && !IsAmong(kInvisible, character) &&
         (character & 0xFFFEU) != 0xFFFEU;
}

struct Decoded {
  char32_t character = 0;
  std::size_t bytes = 0;  // 0: the text does not start with a character.
};

// The length of a character that starts with `byte`, and the lowest character that needs this
// length.
struct Lead {
  std::size_t bytes;
  char32_t least;
  unsigned bits;  // The bits of the character in this byte.
};

Lead LeadOf(unsigned char byte) {
  if (byte < 0x80) {
    return {1, 0, byte};
  }
  if (byte >= 0xC2 && byte < 0xE0) {
    return {2, 0x80, byte & 0x1FU};
  }
  if (byte >= 0xE0 && byte < 0xF0) {
    return {3, 0x800, byte & 0x0FU};
  }
  if (byte >= 0xF0 && byte < 0xF5) {
    return {4, 0x10000, byte & 0x07U};
  }
  return {0, 0, 0};
}

// Returns the first character of `text`, which is not empty (RFC 3629).
Decoded DecodeFirst(std::string_view text) {
  constexpr char32_t kLast = 0x10FFFF;
  const Lead lead = LeadOf(static_cast<unsigned char>(text[0]));
  if (lead.bytes == 0 || lead.bytes > text.size()) {
    return {};
  }
  char32_t character = lead.bits;
  for (const char continued : text.substr(1, lead.bytes - 1)) {
    const auto byte = static_cast<unsigned char>(continued);
    if ((byte & 0xC0U) != 0x80) {
      return {};
    }
    character = character << 6U | (byte & 0x3FU);
  }
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  return character < lead.least || character > kLast || surrogate ? Decoded{}
                                                                  : Decoded{character, lead.bytes};
}

}  // namespace

std::size_t CopyAsOneLine(std::string_view text, std::span<char> line) {
  std::size_t written = 0;
  while (!text.empty() && written < line.size()) {
    const Decoded first = DecodeFirst(text);
    if (first.bytes == 0 || !IsShown(first.character)) {
      line[written++] = '?';
    } else if (first.bytes > line.size() - written) {
      break;
    } else {
      std::copy_n(text.begin(), first.bytes, line.begin() + static_cast<std::ptrdiff_t>(written));
      written += first.bytes;
    }
    text.remove_prefix(std::max<std::size_t>(first.bytes, 1));
  }
  return written;
}

std::string OneLine(std::string_view text) {
  std::string line(std::min(text.size(), kLongestLogValue), '\0');
  line.resize(CopyAsOneLine(text, line));
  return line;
}

bool IsOneLine(std::string_view text) {
  while (!text.empty()) {
    const Decoded first = DecodeFirst(text);
    if (first.bytes > 0 && IsAmong(kControls, first.character)) {
      return false;
    }
    text.remove_prefix(std::max<std::size_t>(first.bytes, 1));
  }
  return true;
}

}  // namespace twofactor
