#include <cstdint>
#include <string>

#include "cli/doctor/checks.h"
#include "cli/json_fields.h"

namespace twofactor {

using nlohmann::json;
using Level = Finding::Level;

namespace {

void JudgeWait(std::int64_t wait, Findings& findings) {
  constexpr std::int64_t kUsualWait = 900;
  if (wait > kUsualWait) {
    findings.push_back(
        {Level::kProblem, "clock.behind-the-past",
         "This machine's clock is " + std::to_string(wait) +
             " seconds behind the latest time that the daemon ever saw: codes are"
             " refused until then.",
         "Set the clock right. If it is right, it was wrong before: give each user a new"
         " secret with 'twofactorctl renew'."});
  } else if (wait > 0) {
    findings.push_back({Level::kOk, "daemon.just-started",
                        "This machine has just started: codes are accepted again in " +
                            std::to_string(wait) + " seconds.",
                        ""});
  }
}

void JudgeHealth(const json& health, DaemonReport& report) {
  report.key_source = TextAt(health, "key");
  report.findings.push_back({Level::kOk, "daemon.stores",
                             "Vault and live store are in use, with " +
                                 std::to_string(NumberAt(health, "users")) +
                                 " enrolled users; the key is a " + report.key_source + ".",
                             ""});
  for (const json& problem : ListAt(health, "problems")) {
    report.findings.push_back(
        {Level::kProblem, "daemon.problem",
         "The daemon says: " + (problem.is_string() ? problem.get<std::string>() : LineOf(problem)),
         "Look at 'journalctl -u twofactord'."});
  }
  JudgeWait(NumberAt(health, "birth_wait"), report.findings);
}

// Switched off, everything else that is right does not matter.
void JudgeSettings(const json& settings, Findings& findings) {
  if (!TruthAt(settings, "enabled", true)) {
    findings.push_back({Level::kWarning, "daemon.switched-off",
                        "The second factor is switched off for everybody.",
                        "twofactorctl config set enabled true"});
  } else if (!TruthAt(ObjectAt(settings, "services"), "ssh", true)) {
    findings.push_back({Level::kWarning, "daemon.ssh-switched-off",
                        "The second factor is switched off for sshd.",
                        "twofactorctl config set ssh true"});
  }
}

Finding NoAnswer(const Error& error) {
  if (error.code() == ErrorCode::kNotPermitted) {
    return {Level::kProblem, "daemon.impostor", "The daemon is not believed: " + error.message(),
            "Find out whose process that is, then: systemctl restart twofactord.socket"};
  }
  return {
      Level::kProblem, "daemon.unreachable", "The daemon does not answer: " + error.message(),
      "Logins of root programs (sshd, sudo) go on from the live store, if it is there; start the"
      " daemon with 'systemctl start twofactord' and look at 'journalctl -u twofactord', which"
      " says, too, where the key is not the vault's."};
}

void AskForHealth(Connection& daemon, DaemonReport& report) {
  const auto health = daemon.Call("core.health", json::array());
  if (health && health->is_object()) {
    JudgeHealth(*health, report);
    return;
  }
  report.findings.push_back(
      {Level::kWarning, "daemon.health-unknown",
       "The daemon does not tell you its health" + (health ? "." : ": " + health.error().message()),
       "Call doctor as root."});
}

// Who calls is told by twofactor-accounts.
void AskForAccounts(Connection& daemon, Findings& findings) {
  const auto me = daemon.Call("auth.me", json::array());
  if (!me) {
    findings.push_back({Level::kProblem, "daemon.accounts",
                        "The daemon cannot learn of users: " + me.error().message(),
                        "systemctl start twofactor-accounts.socket, and look at 'journalctl -u"
                        " twofactor-accounts'. Logins of root programs go on."});
  }
}

void AskForSettings(Connection& daemon, Findings& findings) {
  const auto settings = daemon.Call("auth.twofactor.config", json::array());
  if (settings) {
    JudgeSettings(*settings, findings);
  }
}

}  // namespace

DaemonReport CheckDaemon(Connection& daemon) {
  DaemonReport report;
  const auto pong = daemon.Call("core.ping", json::array());
  if (!pong) {
    report.findings.push_back(NoAnswer(pong.error()));
    return report;
  }
  report.answers = true;
  report.findings.push_back({Level::kOk, "daemon.answers", "The daemon answers.", ""});
  AskForHealth(daemon, report);
  AskForAccounts(daemon, report.findings);
  AskForSettings(daemon, report.findings);
  return report;
}

}  // namespace twofactor
