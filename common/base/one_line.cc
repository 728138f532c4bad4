#include "common/base/one_line.h"

namespace twofactor {

std::string OneLine(std::string_view text) {
  std::string line(text.substr(0, kLongestLogValue));
  for (char& character : line) {
    if (static_cast<unsigned char>(character) < 0x20 || character == 0x7F) {
      character = '?';
    }
  }
  return line;
}

}  // namespace twofactor
