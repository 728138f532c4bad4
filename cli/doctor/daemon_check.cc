#include "cli/doctor/checks.h"

namespace twofactor {

using nlohmann::json;
using Level = Finding::Level;

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
  if (!health) {
    findings.push_back({Level::kWarning, "daemon.health-unknown",
                        "The daemon does not tell you its health: " + health.error().message(),
                        "Call doctor as root."});
    return findings;
  }
  findings.push_back({Level::kOk, "daemon.stores",
                      "Vault and live store are in use, with " +
                          std::to_string(health->value("users", 0)) +
                          " enrolled users; the key is a " + health->value("key", "?") + ".",
                      ""});
  const auto wait = health->value("birth_wait", std::int64_t{0});
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
  return findings;
}

}  // namespace twofactor
