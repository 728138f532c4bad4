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

Result<void> Confirm(const CliArguments& arguments, Terminal& terminal, const StaleReport& report,
                     std::size_t count) {
  if (arguments.yes) {
    return {};
  }
  if (terminal.IsInteractive()) {
    terminal.Show(TextOf(report));
  }
  const auto answer =
      terminal.IsInteractive()
          ? terminal.Ask(SayCount("Take away what is kept of %1 of them? (yes/no) ",
                                  "Take away what is kept of %1 of them? (yes/no) ", count))
          : std::nullopt;
  return answer && SaysYes(answer->text())
             ? Result<void>()
             : Fail(ErrorCode::kConflict,
                    Say("nothing was changed (--yes goes on without asking)"));
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
          answer.error().Under(SayCount("%1 user was removed, then", "%1 users were removed, then",
                                        result.json["removed"].size())));
    }
    for (const json& one : *answer) {
      const std::string name =
          TextAt(one, "username") + " (uid " + std::to_string(NumberAt(one, "uid")) + ")";
      if (TextAt(one, "outcome") == "removed") {
        result.json["removed"].push_back(
            {{"username", TextAt(one, "username")}, {"uid", NumberAt(one, "uid")}});
        result.json["changed"] = true;
        result.text += Say("Nothing is kept of %1 any more.\n", name);
      } else {
        result.status = ExitStatus::kNo;
        result.text += TextAt(one, "outcome") == "known"
                           ? Say("%1 stays: the system knows this user again.\n", name)
                           : Say("%1 stays: the system did not answer.\n", name);
      }
    }
  }
  return {};
}

}  // namespace

Result<CommandResult> RunStale(const CliArguments& arguments, Connection& daemon,
                               Terminal& terminal) {
  if (!arguments.operands.empty() && !arguments.remove) {
    return Fail(ErrorCode::kInvalidParams, Say("users are named for --remove"));
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
      result.text += Say("Nothing is kept of users whom the system does not know.\n");
    }
    return result;
  }
  result.json["removed"] = json::array();
  const auto users = ToRemove(*report, arguments.operands);
  if (users.empty()) {
    result.text = TextOf(*report) + (report->stale.empty()
                                         ? Say("Nobody is to be removed.\n")
                                         : Say("Nobody is to be removed: name those who are.\n"));
    return result;
  }
  if (const auto confirmed = Confirm(arguments, terminal, *report, users.size()); !confirmed) {
    return Fail(confirmed.error());
  }
  const auto removed = Remove(daemon, users, result);
  return removed ? Result<CommandResult>(std::move(result)) : Fail(removed.error());
}

}  // namespace twofactor
