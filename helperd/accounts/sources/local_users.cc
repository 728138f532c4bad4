#include "helperd/accounts/sources/local_users.h"

#include <charconv>
#include <cstdint>

#include "helperd/accounts/sources/text_file.h"

namespace twofactor {
namespace {

std::optional<std::uint32_t> IdFrom(std::string_view text) {
  std::uint32_t id = 0;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, id);
  return error == std::errc() && parsed == end ? std::optional(id) : std::nullopt;
}

}  // namespace

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
    if (fields.size() >= 3 && fields[0] == name) {
      return IdFrom(fields[2]);
    }
  }
  return std::nullopt;
}

std::vector<LocalUser> LocalUsers(std::string_view text) {
  std::vector<LocalUser> users;
  for (const std::string_view line : LinesOf(text)) {
    const auto fields = FieldsOf(line, ':');
    const auto uid = fields.size() >= 4 ? IdFrom(fields[2]) : std::nullopt;
    const auto gid = fields.size() >= 4 ? IdFrom(fields[3]) : std::nullopt;
    if (uid && gid) {
      users.push_back({std::string(fields[0]), *uid, *gid});
    }
  }
  return users;
}

}  // namespace twofactor
