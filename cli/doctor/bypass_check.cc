#include "cli/bypass_text.h"
#include "cli/doctor/checks.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {

Findings CheckBypasses(Connection& daemon) {
  Findings findings;
  const auto listed = daemon.Call("user.list_2fa_bypasses", nlohmann::json::array());
  // That the daemon does not answer, or not this caller, is said elsewhere.
  if (!listed || !listed->is_array()) {
    return findings;
  }
  for (const nlohmann::json& bypass : *listed) {
    const std::string user = TextAt(bypass, "username");
    findings.push_back({Finding::Level::kWarning, "daemon.bypass", BypassText(user, bypass),
                        "twofactorctl bypass " + user + " --end"});
  }
  return findings;
}

}  // namespace twofactor
