#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/stale_users.h"

namespace twofactor {

using nlohmann::json;

Result<CommandResult> RunUpkeep(const CliArguments&, Connection& daemon, Terminal& terminal) {
  const auto report = LookForStaleUsers(daemon, terminal, "twofactor.upkeep");
  if (!report) {
    return Fail(report.error());
  }
  const auto removed = std::count_if(report->stale.begin(), report->stale.end(),
                                     [](const json& user) { return TruthAt(user, "removed"); });
  CommandResult result;
  result.json = {{"changed", removed > 0 || report->keys > 0},
                 {"stale", report->stale},
                 {"unanswered", report->unanswered},
                 {"looked_at", report->looked_at},
                 {"keys", report->keys},
                 {"whole", report->whole}};
  result.text = TextOf(*report) + "Users looked at: " + std::to_string(report->looked_at) +
                "; unknown to the system: " + std::to_string(report->stale.size()) +
                "; removed: " + std::to_string(removed) + ".\n";
  return result;
}

}  // namespace twofactor
