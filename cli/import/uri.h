#ifndef TWOFACTOR_CLI_IMPORT_URI_H_
#define TWOFACTOR_CLI_IMPORT_URI_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/secret_bytes.h"

namespace twofactor {

// "scheme://host/path?key=value&…" (RFC 3986), with its escapes resolved, by uriparser. Values may
// be secrets.
struct Uri {
  std::string scheme;  // As written.
  std::string host;    // As written.
  std::string path;    // All of it, without the first '/'.
  std::vector<std::pair<std::string, SecretBytes>> query;

  // The value of the first `key`, none without; keys are compared as they are.
  std::optional<std::string_view> Find(std::string_view key) const;
};

// In a query '+' is a blank where `plus_is_blank`. None where `text` is no URI, or one with a zero
// byte in it. Thread-safe.
std::optional<Uri> ParseUri(std::string_view text, bool plus_is_blank);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_URI_H_
