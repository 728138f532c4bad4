#include "cli/bypass_text.h"

#include "cli/json_fields.h"
#include "cli/translate.h"
#include "common/base/time_text.h"

namespace twofactor {

std::string BypassText(const std::string& user, const nlohmann::json& bypass) {
  const WallTime until(std::chrono::seconds(NumberAt(bypass, "until")));
  const std::string by = TextAt(bypass, "by");
  const std::string reason = TextAt(bypass, "reason");
  const std::string giver = by.empty() ? "uid " + std::to_string(NumberAt(bypass, "by_uid")) : by;
  return reason.empty() ? Say("%1 may log in without a code until %2, granted by %3.", user,
                              LocalTimeText(until), giver)
                        : Say("%1 may log in without a code until %2, granted by %3 (%4).", user,
                              LocalTimeText(until), giver, reason);
}

}  // namespace twofactor
