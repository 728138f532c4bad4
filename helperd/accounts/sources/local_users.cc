#include "helperd/accounts/sources/local_users.h"

#include <charconv>

#include "helperd/accounts/sources/text_file.h"

namespace twofactor {

bool IsInPasswdFile(std::string_view text, std::string_view name) {
  for (const std::string_view line : LinesOf(text)) {
    if (FieldsOf(line, ':')[0] == name) {
      return true;
    }
  }
  return false;
}

std::optional<uid_t> LocalUid(std::string_view text, std::string_view name) {
  for (const std::string_view line : LinesOf(text)) {
    const auto fields = FieldsOf(line, ':');
    if (fields.size() < 3 || fields[0] != name) {
      continue;
    }
    uid_t uid = 0;
    const char* end = fields[2].data() + fields[2].size();
    const auto [parsed, error] = std::from_chars(fields[2].data(), end, uid);
    return error == std::errc() && parsed == end ? std::optional(uid) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace twofactor
