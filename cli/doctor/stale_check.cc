#include <string>

#include "cli/doctor/checks.h"
#include "cli/json_fields.h"
#include "cli/stale_users.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;
using Level = Finding::Level;

// Some ten thousand users where all is quick; doctor does not take minutes.
constexpr int kMostCalls = 100;
constexpr std::size_t kMostNamed = 5;

Finding Renamed(const json& user) {
  const std::string name = TextAt(user, "username");
  const std::string new_name = TextAt(user, "new_username");
  return {Level::kProblem, "stale.renamed",
          Say("The second factor of %1 (uid %2) is asked of nobody: %3.", name,
              NumberAt(user, "uid"), StateOf(user)),
          Say("If that is the same person: 'twofactorctl rename-user %1 %2'. If not: 'twofactorctl"
              " stale --remove %1'.",
              name, new_name)};
}

Finding Gone(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kMostNamed; ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kMostNamed) {
    text = SayCount("%2 and %1 more", "%2 and %1 more", names.size() - kMostNamed, text);
  }
  return {Level::kWarning, "stale.users",
          Say("The vault still keeps users whom the system does not know as these: %1.", text),
          Say("Look at 'twofactorctl stale'; 'twofactorctl stale --remove' takes away what is kept"
              " of them. The upkeep does so by itself after stale_days of twofactord.conf(5).")};
}

Finding Unanswered(const StaleReport& report) {
  return {
      Level::kWarning, "stale.unanswered",
      SayCount(
          "Of %1 user of the vault it cannot be told whether the system knows it. The first is"
          " %2: %3.",
          "Of %1 users of the vault it cannot be told whether the system knows them. The first is"
          " %2: %3.",
          report.unanswered.size(), TextAt(report.unanswered[0], "username"),
          TextAt(report.unanswered[0], "reason")),
      Say("See to it that each source of the line 'passwd:' of /etc/nsswitch.conf answers, and"
          " take out those that are not used. Nobody is removed until then.")};
}

}  // namespace

Findings CheckStaleUsers(Connection& daemon, Terminal& terminal, const DaemonReport& report) {
  if (!report.answers) {
    return {};
  }
  const auto stale = LookForStaleUsers(daemon, terminal, "twofactor.stale_factors", kMostCalls);
  // Who may not ask is told so by the check of the daemon.
  if (!stale) {
    return {};
  }
  Findings findings;
  std::vector<std::string> gone;
  for (const json& user : stale->stale) {
    if (MayBeRenamed(user) && NumberAt(user, "devices") > 0) {
      findings.push_back(Renamed(user));
    } else {
      gone.push_back(TextAt(user, "username") + " (uid " + std::to_string(NumberAt(user, "uid")) +
                     ")");
    }
  }
  if (!gone.empty()) {
    findings.push_back(Gone(gone));
  }
  if (!stale->unanswered.empty()) {
    findings.push_back(Unanswered(*stale));
  }
  if (findings.empty()) {
    findings.push_back(
        {Level::kOk, "stale.none", Say("The system knows every user of the vault."), ""});
  }
  return findings;
}

}  // namespace twofactor
