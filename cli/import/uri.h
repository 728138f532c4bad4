#ifndef TWOFACTOR_CLI_IMPORT_URI_H_
#define TWOFACTOR_CLI_IMPORT_URI_H_

#include <optional>
#include <string>
#include <string_view>

#include "cli/import/fields.h"

namespace twofactor {

// "scheme://host/path?key=value&…" (RFC 3986), with its escapes resolved, by uriparser. Values may
// be secrets.
struct Uri {
  std::string scheme;  // As written.
  std::string host;    // As written.
  std::string path;    // All of it, without the first '/'.
  Fields query;
};

// What a line holds: a URI without the blanks around it and without the "QR-Code:" that zbarimg(1)
// writes before it. Pure.
std::string_view UriOfLine(std::string_view line);

// In a query '+' is a blank where `plus_is_blank`. Behind the host, characters that should have
// been escaped are read as they are: blanks, letters beyond ASCII, "[", "|", "\", a lone '%'. None
// where `text` is no URI, or one with a zero byte, a port, a user or a fragment: nothing of it may
// be lost. Thread-safe.
std::optional<Uri> ParseUri(std::string_view text, bool plus_is_blank);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_URI_H_
