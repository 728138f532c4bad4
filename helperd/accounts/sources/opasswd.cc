#include "helperd/accounts/sources/opasswd.h"

#include "helperd/accounts/sources/text_file.h"

namespace twofactor {
namespace {

constexpr std::size_t kKept = 10;

}  // namespace

nlohmann::json PasswordHistoryOf(std::string_view opasswd_text, std::string_view name) {
  for (const std::string_view line : LinesOf(opasswd_text)) {
    // name:uid:count:hash,hash,…
    const auto fields = FieldsOf(line, ':');
    if (fields.size() < 4 || fields[0] != name || fields[3].empty()) {
      continue;
    }
    const auto hashes = FieldsOf(fields[3], ',');
    nlohmann::json history = nlohmann::json::array();
    for (std::size_t i = hashes.size() > kKept ? hashes.size() - kKept : 0; i < hashes.size();
         ++i) {
      history.push_back({{"hash", hashes[i]}});
    }
    return history;
  }
  return nullptr;
}

}  // namespace twofactor
