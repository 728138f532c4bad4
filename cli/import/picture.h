#ifndef TWOFACTOR_CLI_IMPORT_PICTURE_H_
#define TWOFACTOR_CLI_IMPORT_PICTURE_H_

#include <array>
#include <span>
#include <string_view>

#include "cli/import/imported_user.h"
#include "common/base/result.h"
#include "common/base/secret_bytes.h"

// Pictures of QR codes. They come from anywhere, and decoders of pictures have a history, so none
// is decoded in this process: zbarimg(1) of zbar-tools does it, in one without root's rights.
namespace twofactor {

// A PNG or a JPEG, by its first bytes. Pure.
bool IsPicture(std::string_view bytes);

// Where zbarimg may be. PATH is not asked: others may have chosen root's.
inline constexpr std::array kZbarimgPaths = {"/usr/bin/zbarimg", "/usr/local/bin/zbarimg"};

// What the QR codes in a picture say, each with a line end behind it, by the first of `programs`
// that is there. Fails with kInternal where none is, or it fails; kInvalidParams where it finds no
// code, or the picture cannot be read. Thread-safe.
Result<SecretBytes> ReadQrCodes(std::string_view bytes,
                                std::span<const char* const> programs = kZbarimgPaths);

// The users of the otpauth:// and otpauth-migration:// URIs among the QR codes of a picture; other
// codes do not count. Fails with kInvalidParams where there is no such URI, and as ReadQrCodes and
// UriReader do. Thread-safe.
Result<ImportedUsers> ParsePicture(std::string_view bytes, const ImportContext& context);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_PICTURE_H_
