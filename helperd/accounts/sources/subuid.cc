#include "helperd/accounts/sources/subuid.h"

#include <charconv>
#include <optional>
#include <string>

#include "helperd/accounts/sources/text_file.h"
#include "helperd/messages/described_fields.h"

namespace twofactor {
namespace {

std::optional<std::uint64_t> NumberOf(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

nlohmann::json UsernsIdmapOf(std::string_view subuid_text, std::string_view name, uid_t uid) {
  nlohmann::json mapped;
  for (const std::string_view line : LinesOf(subuid_text)) {
    const auto fields = FieldsOf(line, ':');
    const auto first = fields.size() == 3 ? NumberOf(fields[1]) : std::nullopt;
    const auto count = fields.size() == 3 ? NumberOf(fields[2]) : std::nullopt;
    if (!first || !count) {
      continue;
    }
    if ((fields[0] == "root" || fields[0] == "0") && uid >= *first && uid - *first < *count) {
      return "DIRECT";
    }
    const bool own = fields[0] == name || fields[0] == std::to_string(uid);
    // Nothing is mapped to root, and there is no uid after the largest.
    if (own && *count == 1 && *first >= 1 && *first <= kMaxUid) {
      mapped = *first;
    }
  }
  return mapped;
}

}  // namespace twofactor
