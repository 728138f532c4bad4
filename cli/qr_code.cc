#include "cli/qr_code.h"

#include <fcntl.h>
#include <png.h>
#include <qrencode.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

// ISO 18004 asks for four light modules around the picture.
constexpr int kQuiet = 4;
constexpr int kPixelsAModule = 8;

struct FreeQr {
  void operator()(QRcode* code) const { QRcode_free(code); }
};
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// Light outside the picture.
bool DarkAt(const QrCode& code, int x, int y) {
  return x >= 0 && y >= 0 && x < code.size && y < code.size && code.At(x, y);
}

std::vector<png_byte> Pixels(const QrCode& code) {
  const int side = (code.size + 2 * kQuiet) * kPixelsAModule;
  std::vector<png_byte> pixels;
  pixels.reserve(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      pixels.push_back(
          DarkAt(code, x / kPixelsAModule - kQuiet, y / kPixelsAModule - kQuiet) ? 0 : 255);
    }
  }
  return pixels;
}

}  // namespace

Result<QrCode> MakeQrCode(const std::string& text) {
  const std::unique_ptr<QRcode, FreeQr> made(
      QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
  if (made == nullptr) {
    return Fail(Error::FromErrno(ErrorCode::kTooLarge, "make a QR picture", errno));
  }
  QrCode code{made->width, {}};
  for (int i = 0; i < made->width * made->width; ++i) {
    code.dark.push_back((made->data[i] & 1) != 0);
  }
  return code;
}

std::string ToTerminal(const QrCode& code, bool coloured) {
  // Black on white by SGR codes: a picture in the terminal's own colours would be inverted on a
  // dark one. Without them, what is drawn is what is light.
  std::string text;
  for (int y = -kQuiet; y < code.size + kQuiet; y += 2) {
    text += coloured ? "\x1b[30;107m" : "";
    for (int x = -kQuiet; x < code.size + kQuiet; ++x) {
      const bool upper = DarkAt(code, x, y) == coloured;
      const bool lower = DarkAt(code, x, y + 1) == coloured;
      text += upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ");
    }
    text += coloured ? "\x1b[0m\n" : "\n";
  }
  return text;
}

int TerminalColumnsOf(const QrCode& code) { return code.size + 2 * kQuiet; }

Result<void> WritePng(const QrCode& code, const std::string& path, bool overwrite) {
  // The picture holds the secret: whatever had this name is replaced and not written into.
  if (overwrite) {
    unlink(path.c_str());
  }
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    const int error = errno;
    const auto kind = error == EEXIST ? ErrorCode::kConflict : ErrorCode::kInternal;
    return Fail(Error::FromErrno(
        kind, "write " + path + (error == EEXIST ? " (--force replaces it)" : ""), error));
  }
  const std::unique_ptr<std::FILE, CloseFile> file(fdopen(fd, "wb"));
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.format = PNG_FORMAT_GRAY;
  image.width = static_cast<png_uint_32>((code.size + 2 * kQuiet) * kPixelsAModule);
  image.height = image.width;
  const auto pixels = Pixels(code);
  if (png_image_write_to_stdio(&image, file.get(), 0, pixels.data(), 0, nullptr) == 0) {
    return Fail(ErrorCode::kInternal, "write " + path + ": " + image.message);
  }
  return {};
}

}  // namespace twofactor
