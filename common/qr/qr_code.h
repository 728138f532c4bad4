#ifndef TWOFACTOR_COMMON_QR_QR_CODE_H_
#define TWOFACTOR_COMMON_QR_QR_CODE_H_

#include <string>
#include <vector>

#include "common/base/result.h"

namespace twofactor {

// A QR code: `size` times `size` modules, row by row, true for dark.
struct QrCode {
  int size;
  std::vector<bool> dark;

  // Returns whether a module is dark; outside the QR code all are light.
  bool DarkAt(int x, int y) const { return x >= 0 && y >= 0 && x < size && y < size && At(x, y); }
  bool At(int x, int y) const {
    return dark[static_cast<std::size_t>(y) * static_cast<std::size_t>(size) +
                static_cast<std::size_t>(x)];
  }
};

// How much of a QR code may be damaged: kMedium 15 %, kLow 7 % for a smaller one.
enum class QrLevel { kLow, kMedium };

// ISO 18004 requires four light modules around the code. Where space is scarce two suffice, as with
// qrencode(1).
inline constexpr int kQrQuiet = 4;
inline constexpr int kQrNarrowQuiet = 2;

// Makes a QR code. Fails with kTooLarge if the text does not fit.
Result<QrCode> MakeQrCode(const std::string& text, QrLevel level = QrLevel::kMedium);

// Returns the code for a terminal, with two modules per character (half blocks, UTF-8) and `quiet`
// light modules around it. `coloured`: dark on light in any terminal; else in the terminal's own
// colors, which is right on a dark background.
std::string ToTerminal(const QrCode& code, bool coloured, int quiet = kQrQuiet);
int TerminalColumnsOf(const QrCode& code, int quiet = kQrQuiet);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_QR_QR_CODE_H_
