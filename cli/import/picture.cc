#include "cli/import/picture.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "cli/import/otpauth.h"
#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/tool.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

// QR codes hold up to 2,953 bytes; a picture seldom has more than ten.
constexpr std::size_t kMaxCodesBytes = 1024UL * 1024;
// zbarimg(1), EXIT STATUS.
constexpr int kDamaged = 1;
constexpr int kNoCode = 4;

// Root's rights are given up before a byte of the picture is read.
constexpr std::array kWithoutRights = {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534",
                                       "--clear-groups", "--no-new-privs"};
// Of its own accord zbarimg gives what it finds to whoever listens on the system's D-Bus. Without
// "binary" it guesses an encoding, and takes an umlaut for Chinese.
constexpr std::array kOptions = {"--quiet",   "--raw",           "--nodbus",
                                 "-Sdisable", "-Sqrcode.enable", "-Sqrcode.binary"};

// What ImageMagick may read it as, by the picture's first bytes; empty for others.
std::string_view CodecOf(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) {
    return "png";
  }
  return bytes.starts_with("\xFF\xD8\xFF") ? "jpeg" : "";
}

Tool ZbarimgFor(std::string_view codec, const char* program) {
  Tool tool;
  tool.most_bytes = kMaxCodesBytes;
  if (geteuid() == 0) {
    tool.command.assign(kWithoutRights.begin(), kWithoutRights.end());
  }
  tool.command.emplace_back(program);
  tool.command.insert(tool.command.end(), kOptions.begin(), kOptions.end());
  // Of fd:0 ImageMagick makes no temporary file; what it makes of a large picture is in memory.
  tool.command.push_back(std::string(codec) + ":fd:0");
  tool.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TMPDIR=/dev/shm"};
  return tool;
}

}  // namespace

bool IsPicture(std::string_view bytes) { return !CodecOf(bytes).empty(); }

Result<SecretBytes> ReadQrCodes(std::string_view bytes, std::span<const char* const> programs) {
  const std::string_view codec = CodecOf(bytes);
  if (codec.empty()) {
    return Refuse(Say("is neither a PNG nor a JPEG"));
  }
  const auto program = std::find_if(programs.begin(), programs.end(),
                                    [](const char* path) { return access(path, X_OK) == 0; });
  if (program == programs.end()) {
    return Fail(ErrorCode::kInternal,
                Say("a picture is read by zbarimg, which is not there: install zbar-tools"));
  }
  const Tool tool = ZbarimgFor(codec, *program);
  auto answer = RunTool(tool, bytes);
  if (!answer) {
    return Fail(ErrorCode::kInternal, answer.error().message());
  }
  // Of a file that breaks off it says nothing, and ends with 0.
  switch (answer->status == 0 && answer->output.empty() ? kDamaged : answer->status) {
    case 0:
      return std::move(answer->output);
    case kDamaged:
      return Refuse(Say("the picture cannot be read: is it whole?"));
    case kNoCode:
      return Refuse(
          Say("no QR code was found: take a sharper picture, with the whole code in it and some"
              " white around it"));
    default:
      return Fail(ErrorCode::kInternal, Say("%1 failed", tool.command[0]));
  }
}

Result<ImportedUsers> ParsePicture(std::string_view bytes, const ImportContext& context) {
  const auto codes = ReadQrCodes(bytes);
  if (!codes) {
    return Fail(codes.error());
  }
  UriReader reader(context);
  std::size_t number = 0;
  bool any = false;
  for (const std::string_view line : LinesOf(codes->text())) {
    ++number;
    const std::string_view text = Trimmed(line);
    if (!StartsWith(text, "otpauth://") && !StartsWith(text, "otpauth-migration://")) {
      continue;
    }
    any = true;
    if (const auto read = reader.Read(text, Say("code %1", number)); !read) {
      return Fail(read.error());
    }
  }
  return any ? std::move(reader).Finish()
             : Refuse(Say("its QR codes hold no otpauth:// or otpauth-migration:// URI"));
}

}  // namespace twofactor
