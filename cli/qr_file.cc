#include "cli/qr_file.h"

#include <fcntl.h>
#include <png.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <vector>

#include "cli/stdio_file.h"
#include "cli/translate.h"
#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

constexpr int kPixelsAModule = 8;

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

Result<StdioFile> Create(const std::string& path, bool overwrite) {
  // The picture holds the secret: whatever had this name is replaced and not written into.
  if (overwrite) {
    unlink(path.c_str());
  }
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    const int error = errno;
    const auto kind = error == EEXIST ? ErrorCode::kConflict : ErrorCode::kInternal;
    return Fail(Error::FromErrno(
        kind,
        error == EEXIST ? Say("write %1 (use --force to replace it)", path) : Say("write %1", path),
        error));
  }
  return StdioFile(fdopen(fd, "wb"));
}

// The dark modules of row `y` as boxes, one for each run of them, in the units of a module.
std::string RunsOfRow(const QrCode& code, int y) {
  std::string path;
  for (int x = 0; x < code.size;) {
    int end = x;
    while (code.DarkAt(end, y)) {
      ++end;
    }
    if (end > x) {
      const std::string width = std::to_string(end - x);
      path += 'M' + std::to_string(x + kQrQuiet) + ' ' + std::to_string(y + kQrQuiet) + 'h' +
              width + "v1h-" + width + 'z';
    }
    x = end + 1;
  }
  return path;
}

}  // namespace

Result<void> WritePng(const QrCode& code, const std::string& path, bool overwrite) {
  const auto file = Create(path, overwrite);
  if (!file) {
    return Fail(file.error());
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.format = PNG_FORMAT_GRAY;
  image.width = static_cast<png_uint_32>((code.size + 2 * kQrQuiet) * kPixelsAModule);
  image.height = image.width;
  const auto pixels = Pixels(code);
  if (png_image_write_to_stdio(&image, file->get(), 0, pixels.data(), 0, nullptr) == 0) {
    return Fail(ErrorCode::kInternal, Say("write %1", path) + ": " + image.message);
  }
  return {};
}

Result<void> WriteSvg(const QrCode& code, const std::string& path, bool overwrite) {
  const auto file = Create(path, overwrite);
  if (!file) {
    return Fail(file.error());
  }
  const int modules = code.size + 2 * kQrQuiet;
  const std::string pixels = std::to_string(modules * kPixelsAModule);
  const std::string side = std::to_string(modules);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + pixels + "\" height=\"" +
                    pixels + "\" viewBox=\"0 0 " + side + ' ' + side +
                    "\" shape-rendering=\"crispEdges\">\n<rect width=\"" + side + "\" height=\"" +
                    side + "\" fill=\"#fff\"/>\n<path d=\"";
  for (int y = 0; y < code.size; ++y) {
    svg += RunsOfRow(code, y);
  }
  svg += "\"/>\n</svg>\n";
  if (std::fputs(svg.c_str(), file->get()) < 0 || std::fflush(file->get()) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kInternal, Say("write %1", path), errno));
  }
  return {};
}

}  // namespace twofactor
