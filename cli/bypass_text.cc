#include "cli/bypass_text.h"

#include "cli/json_fields.h"
#include "common/base/time_text.h"

namespace twofactor {

std::string BypassText(const nlohmann::json& bypass) {
  const WallTime until(std::chrono::seconds(NumberAt(bypass, "until")));
  const std::string by = TextAt(bypass, "by");
  const std::string reason = TextAt(bypass, "reason");
  return "until " + LocalTimeText(until) + ", from " +
         (by.empty() ? "uid " + std::to_string(NumberAt(bypass, "by_uid")) : by) +
         (reason.empty() ? "" : " (" + reason + ")");
}

}  // namespace twofactor
