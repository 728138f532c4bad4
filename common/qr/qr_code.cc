#include "common/qr/qr_code.h"

#include <qrencode.h>

#include <cerrno>
#include <memory>

namespace twofactor {
namespace {

struct FreeQr {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

}  // namespace

Result<QrCode> MakeQrCode(const std::string& text, QrLevel level) {
  const std::unique_ptr<QRcode, FreeQr> made(QRcode_encodeString8bit(
      text.c_str(), 0, level == QrLevel::kLow ? QR_ECLEVEL_L : QR_ECLEVEL_M));
  if (made == nullptr) {
    return Fail(Error::FromErrno(ErrorCode::kTooLarge, "make a QR picture", errno));
  }
  QrCode code{made->width, {}};
  for (int i = 0; i < made->width * made->width; ++i) {
    code.dark.push_back((made->data[i] & 1) != 0);
  }
  return code;
}

std::string ToTerminal(const QrCode& code, bool coloured, int quiet) {
  // Black on white with SGR codes: in the terminal's own colors, the code would be inverted on a
  // dark background. Without them, what is drawn is light.
  std::string text;
  for (int y = -quiet; y < code.size + quiet; y += 2) {
    text += coloured ? "\x1b[30;107m" : "";
    for (int x = -quiet; x < code.size + quiet; ++x) {
      const bool upper = code.DarkAt(x, y) == coloured;
      const bool lower = code.DarkAt(x, y + 1) == coloured;
      text += upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ");
    }
    text += coloured ? "\x1b[0m\n" : "\n";
  }
  return text;
}

int TerminalColumnsOf(const QrCode& code, int quiet) { return code.size + 2 * quiet; }

}  // namespace twofactor
