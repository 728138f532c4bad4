#include "cli/qr_png.h"

#include <fcntl.h>
#include <png.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <vector>

#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

constexpr int kPixelsAModule = 8;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::vector<png_byte> Pixels(const QrCode& code) {
  const int side = (code.size + 2 * kQrQuiet) * kPixelsAModule;
  std::vector<png_byte> pixels;
  pixels.reserve(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      pixels.push_back(
          code.DarkAt(x / kPixelsAModule - kQrQuiet, y / kPixelsAModule - kQrQuiet) ? 0 : 255);
    }
  }
  return pixels;
}

}  // namespace

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
  image.width = static_cast<png_uint_32>((code.size + 2 * kQrQuiet) * kPixelsAModule);
  image.height = image.width;
  const auto pixels = Pixels(code);
  if (png_image_write_to_stdio(&image, file.get(), 0, pixels.data(), 0, nullptr) == 0) {
    return Fail(ErrorCode::kInternal, "write " + path + ": " + image.message);
  }
  return {};
}

}  // namespace twofactor
