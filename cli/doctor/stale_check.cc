#include <string>

#include "cli/doctor/checks.h"
#include "cli/json_fields.h"
#include "cli/stale_users.h"

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
          "The second factor of " + name + " (uid " + std::to_string(NumberAt(user, "uid")) +
              ") is asked of nobody: " + StateOf(user) + ".",
          "If that is the same person: 'twofactorctl rename-user " + name + " " + new_name +
              "'. If not: 'twofactorctl stale --remove " + name + "'."};
}

Finding Gone(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kMostNamed; ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kMostNamed) {
    text += " and " + std::to_string(names.size() - kMostNamed) + " more";
  }
  return {Level::kWarning, "stale.users",
          "The vault still keeps users whom the system does not know as these: " + text + ".",
          "Look at 'twofactorctl stale'; 'twofactorctl stale --remove' takes away what is kept of"
          " them. The upkeep does so by itself after stale_days of twofactord.conf(5)."};
}

Finding Unanswered(const StaleReport& report) {
  return {Level::kWarning, "stale.unanswered",
          "Of " + std::to_string(report.unanswered.size()) +
              " users of the vault it cannot be told whether the system knows them. The first is " +
              TextAt(report.unanswered[0], "username") + ": " +
              TextAt(report.unanswered[0], "reason") + ".",
          "See to it that each source of the line 'passwd:' of /etc/nsswitch.conf answers, and take"
          " out those that are not used. Nobody is removed until then."};
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
    findings.push_back({Level::kOk, "stale.none", "The system knows every user of the vault.", ""});
  }
  return findings;
}

}  // namespace twofactor
