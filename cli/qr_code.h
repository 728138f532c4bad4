#ifndef TWOFACTOR_CLI_QR_CODE_H_
#define TWOFACTOR_CLI_QR_CODE_H_

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace twofactor {

// A QR picture of a text: `size` times `size` modules, row by row, true for dark.
struct QrCode {
  int size;
  std::vector<bool> dark;

  bool At(int x, int y) const {
    return dark[static_cast<std::size_t>(y) * static_cast<std::size_t>(size) +
                static_cast<std::size_t>(x)];
  }
};

// Fails with kTooLarge where the text does not fit into any QR picture.
Result<QrCode> MakeQrCode(const std::string& text);

// For a terminal, two modules a character (half blocks, UTF-8), with the quiet border: dark on
// light whatever the terminal's colours are, or, not `coloured`, in those, as a dark terminal shows
// it right.
std::string ToTerminal(const QrCode& code, bool coloured);
int TerminalColumnsOf(const QrCode& code);

// Writes a PNG for the owner alone. Fails with kConflict where the file is there and `overwrite` is
// not set, else with kInternal.
Result<void> WritePng(const QrCode& code, const std::string& path, bool overwrite);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_QR_CODE_H_
