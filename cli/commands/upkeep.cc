#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/stale_users.h"
#include "cli/translate.h"

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
  result.text = TextOf(*report) + Say("Users checked: %1; no longer existing: %2; removed: %3.\n",
                                      report->looked_at, report->stale.size(), removed);
  return result;
}

}  // namespace twofactor
