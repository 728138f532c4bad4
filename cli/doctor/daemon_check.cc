#include <cstdint>
#include <string>

#include "cli/doctor/checks.h"

namespace twofactor {

using nlohmann::json;
using Level = Finding::Level;

namespace {

void JudgeWait(std::int64_t wait, Findings& findings) {
  constexpr std::int64_t kUsualWait = 15 * 60;
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

void JudgeHealth(const json& health, Findings& findings) {
  findings.push_back({Level::kOk, "daemon.stores",
                      "Vault and live store are in use, with " +
                          std::to_string(health.value("users", 0)) +
                          " enrolled users; the key is a " + health.value("key", "?") + ".",
                      ""});
  for (const json& problem : health.value("problems", json::array())) {
    findings.push_back(
        {Level::kProblem, "daemon.problem",
         "The daemon says: " + (problem.is_string() ? problem.get<std::string>() : problem.dump()),
         "Look at 'journalctl -u twofactord'."});
  }
  JudgeWait(health.value("birth_wait", std::int64_t{0}), findings);
}

// Switched off, everything else that is right does not matter.
void JudgeSettings(const json& settings, Findings& findings) {
  if (!settings.value("enabled", true)) {
    findings.push_back({Level::kWarning, "daemon.switched-off",
                        "The second factor is switched off for everybody.",
                        "twofactorctl config set enabled true"});
  } else if (!settings.value("services", json::object()).value("ssh", true)) {
    findings.push_back({Level::kWarning, "daemon.ssh-switched-off",
                        "The second factor is switched off for sshd.",
                        "twofactorctl config set ssh true"});
  }
}

}  // namespace

Findings CheckDaemon(Connection& daemon) {
  const auto pong = daemon.Call("core.ping", json::array());
  if (!pong) {
    return {
        {Level::kProblem, "daemon.unreachable",
         "The daemon does not answer: " + pong.error().message(),
         "Logins of root programs (sshd, sudo) go on from the live store, if it is there; start the"
         " daemon with 'systemctl start twofactord' and look at 'journalctl -u twofactord'."}};
  }
  Findings findings{{Level::kOk, "daemon.answers", "The daemon answers.", ""}};
  const auto health = daemon.Call("core.health", json::array());
  if (health && health->is_object()) {
    JudgeHealth(*health, findings);
  } else {
    findings.push_back({Level::kWarning, "daemon.health-unknown",
                        "The daemon does not tell you its health" +
                            (health ? "." : ": " + health.error().message()),
                        "Call doctor as root."});
  }
  const auto settings = daemon.Call("auth.twofactor.config", json::array());
  if (settings && settings->is_object()) {
    JudgeSettings(*settings, findings);
  }
  return findings;
}

}  // namespace twofactor
