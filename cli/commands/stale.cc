#include <algorithm>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/stale_users.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

// What twofactor.remove_stale_factors takes in one call.
constexpr std::size_t kUsersACall = 40;

// Those that were named; where nobody was, all but those whom rename-user would help.
std::vector<json> ToRemove(const StaleReport& report, const std::vector<std::string>& names) {
  std::vector<json> users;
  for (const json& user : report.stale) {
    const bool named =
        std::find(names.begin(), names.end(), TextAt(user, "username")) != names.end();
    if (names.empty() ? !MayBeRenamed(user) : named) {
      users.push_back({{"username", TextAt(user, "username")}, {"uid", NumberAt(user, "uid")}});
    }
  }
  return users;
}

// Who is removed and who is not after all, into `result`.
Result<void> Remove(Connection& daemon, const std::vector<json>& users, CommandResult& result) {
  for (std::size_t first = 0; first < users.size(); first += kUsersACall) {
    const auto end = std::min(users.size(), first + kUsersACall);
    json some = json::array();
    for (std::size_t i = first; i < end; ++i) {
      some.push_back(users[i]);
    }
    const auto answer = daemon.Call("twofactor.remove_stale_factors", json::array({some}));
    if (!answer) {
      return Fail(
          answer.error().Under(SayCount("after %1 user was removed", "after %1 users were removed",
                                        result.json["removed"].size())));
    }
    for (const json& one : *answer) {
      const std::string name =
          TextAt(one, "username") + " (uid " + std::to_string(NumberAt(one, "uid")) + ")";
      if (TextAt(one, "outcome") == "removed") {
        result.json["removed"].push_back(
            {{"username", TextAt(one, "username")}, {"uid", NumberAt(one, "uid")}});
        result.json["changed"] = true;
        result.text += Say("Removed what was kept of %1.\n", name);
      } else {
        result.status = ExitStatus::kNo;
        result.text += TextAt(one, "outcome") == "known"
                           ? Say("Kept %1: this user exists again.\n", name)
                           : Say("Kept %1: the system did not answer.\n", name);
      }
    }
  }
  return {};
}

}  // namespace

Result<CommandResult> RunStale(const CliArguments& arguments, Connection& daemon,
                               Terminal& terminal) {
  if (!arguments.operands.empty() && !arguments.remove) {
    return Fail(ErrorCode::kInvalidParams, Say("stale takes names of users only with --remove"));
  }
  const auto report = LookForStaleUsers(daemon, terminal, "twofactor.stale_factors");
  if (!report) {
    return Fail(report.error());
  }
  CommandResult result;
  result.json = {{"changed", false},
                 {"stale", report->stale},
                 {"unanswered", report->unanswered},
                 {"looked_at", report->looked_at},
                 {"whole", report->whole}};
  if (!arguments.remove) {
    result.text = TextOf(*report);
    if (report->stale.empty()) {
      result.text += Say("Nothing is kept of users that no longer exist.\n");
    }
    return result;
  }
  result.json["removed"] = json::array();
  const auto users = ToRemove(*report, arguments.operands);
  if (users.empty()) {
    result.text =
        TextOf(*report) + (report->stale.empty()
                               ? Say("There is nothing to remove.\n")
                               : Say("There is nothing to remove unless you name users.\n"));
    return result;
  }
  if (!arguments.yes && terminal.IsInteractive()) {
    terminal.Show(TextOf(*report));
  }
  if (const auto confirmed =
          Confirm(terminal, arguments.yes,
                  SayCount("Remove what is kept of %1 user? (yes/no) ",
                           "Remove what is kept of %1 users? (yes/no) ", users.size()));
      !confirmed) {
    return Fail(confirmed.error());
  }
  const auto removed = Remove(daemon, users, result);
  return removed ? Result<CommandResult>(std::move(result)) : Fail(removed.error());
}

}  // namespace twofactor
