#ifndef TWOFACTOR_COMMON_QR_QR_CODE_H_
#define TWOFACTOR_COMMON_QR_QR_CODE_H_

#include <string>
#include <vector>

#include "common/base/result.h"

namespace twofactor {

// A QR picture of a text: `size` times `size` modules, row by row, true for dark.
struct QrCode {
  int size;
  std::vector<bool> dark;

  // Light outside the picture.
  bool DarkAt(int x, int y) const { return x >= 0 && y >= 0 && x < size && y < size && At(x, y); }
  bool At(int x, int y) const {
    return dark[static_cast<std::size_t>(y) * static_cast<std::size_t>(size) +
                static_cast<std::size_t>(x)];
  }
};

// How much of a picture may be spoilt: kMedium 15 %, kLow 7 % for a smaller one.
enum class QrLevel { kLow, kMedium };

// ISO 18004 asks for four light modules around the picture. Where every row counts two do, as
// qrencode(1) draws it.
inline constexpr int kQrQuiet = 4;
inline constexpr int kQrNarrowQuiet = 2;

// Fails with kTooLarge where the text does not fit into any QR picture.
Result<QrCode> MakeQrCode(const std::string& text, QrLevel level = QrLevel::kMedium);

// For a terminal, two modules a character (half blocks, UTF-8), with `quiet` light modules around:
// dark on light whatever the terminal's colours are, or, not `coloured`, in those, as a dark
// terminal shows it right.
std::string ToTerminal(const QrCode& code, bool coloured, int quiet = kQrQuiet);
int TerminalColumnsOf(const QrCode& code, int quiet = kQrQuiet);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_QR_QR_CODE_H_
