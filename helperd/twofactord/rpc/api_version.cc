#include "helperd/twofactord/rpc/api_version.h"

#include <regex>
#include <string>

namespace twofactor {
namespace {

constexpr std::size_t kMaxTargetBytes = 256;

}  // namespace

std::optional<ApiVersion> ParseApiPath(std::string_view target) {
  // At most four digits, so that each number fits.
  static const std::regex kPath(
      "/api/(?:current|v([0-9]{1,4})\\.([0-9]{1,4})(?:\\.([0-9]{1,4}))?)(?:\\?.*)?");
  std::match_results<std::string_view::const_iterator> match;
  if (target.size() >= kMaxTargetBytes ||
      !std::regex_match(target.begin(), target.end(), match, kPath)) {
    return std::nullopt;
  }
  if (!match[1].matched) {
    return ApiVersion{};
  }
  return ApiVersion{std::stoi(match[1].str()), std::stoi(match[2].str()),
                    match[3].matched ? std::stoi(match[3].str()) : 0};
}

}  // namespace twofactor
