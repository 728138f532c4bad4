#include <cstdint>
#include <string>

#include "cli/doctor/checks.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {

namespace {

using nlohmann::json;
using Level = Finding::Level;

// A new ledger begins at the present, whatever the clock said before, so this is short.
void JudgeWait(std::int64_t wait, Findings& findings) {
  if (wait > 0) {
    findings.push_back(
        {Level::kOk, "daemon.just-started",
         SayCount("This machine has just started: codes are accepted again in %1 second.",
                  "This machine has just started: codes are accepted again in %1 seconds.", wait),
         ""});
  }
}

// A clock that was ahead, and what is left of that.
void JudgeClock(const json& health, Findings& findings) {
  if (const std::int64_t back = NumberAt(health, "clock_set_back"); back > 0) {
    findings.push_back(
        {Level::kWarning, "clock.set-back",
         SayCount("The clock was set back by %1 second: it was ahead before, or is behind now.",
                  "The clock was set back by %1 seconds: it was ahead before, or is behind now.",
                  back),
         Say("Find out why. If it is right now, 'twofactorctl accept-time' says so.")});
  }
  if (const std::int64_t devices = NumberAt(health, "devices_ahead"); devices > 0) {
    const std::int64_t wait = NumberAt(health, "longest_wait");
    findings.push_back(
        {Level::kWarning, "clock.devices-ahead",
         SayCount("%1 device accepts no code of now, because one was used on it while the clock was"
                  " ahead. It waits for %2 seconds at most.",
                  "%1 devices accept no code of now, because one was used on each while the clock"
                  " was ahead. They wait for %2 seconds at most.",
                  devices, wait),
         Say("If the clock is right now: 'twofactorctl accept-time'. Each code that was used then"
             " opens one more login when its time comes.")});
  }
}

void JudgeHealth(const json& health, DaemonReport& report) {
  report.key_source = TextAt(health, "key");
  report.findings.push_back(
      {Level::kOk, "daemon.stores",
       SayCount("Vault and live store are in use, with %1 enrolled user; the key is a %2.",
                "Vault and live store are in use, with %1 enrolled users; the key is a %2.",
                NumberAt(health, "users"), report.key_source),
       ""});
  for (const json& problem : ListAt(health, "problems")) {
    report.findings.push_back(
        {Level::kProblem, "daemon.problem",
         Say("The daemon says: %1",
             problem.is_string() ? problem.get<std::string>() : LineOf(problem)),
         Say("Look at 'journalctl -u twofactord'.")});
  }
  JudgeWait(NumberAt(health, "birth_wait"), report.findings);
  JudgeClock(health, report.findings);
}

// Switched off, everything else that is right does not matter.
void JudgeSettings(const json& settings, Findings& findings) {
  if (!TruthAt(settings, "enabled", true)) {
    findings.push_back({Level::kWarning, "daemon.switched-off",
                        Say("The second factor is switched off for everybody."),
                        "twofactorctl config set enabled true"});
  } else if (!TruthAt(ObjectAt(settings, "services"), "ssh", true)) {
    findings.push_back({Level::kWarning, "daemon.ssh-switched-off",
                        Say("The second factor is switched off for sshd."),
                        "twofactorctl config set ssh true"});
  }
}

Finding NoAnswer(const Error& error) {
  if (error.code() == ErrorCode::kNotPermitted) {
    return {Level::kProblem, "daemon.impostor",
            Say("The daemon is not believed: %1", error.message()),
            Say("Find out whose process that is, then: systemctl restart twofactord.socket")};
  }
  return {
      Level::kProblem, "daemon.unreachable", Say("The daemon does not answer: %1", error.message()),
      Say("Logins of root programs (sshd, sudo) go on from the live store, if it is there; start "
          "the"
          " daemon with 'systemctl start twofactord' and look at 'journalctl -u twofactord', which"
          " says, too, where the key is not the vault's.")};
}

void AskForHealth(Connection& daemon, DaemonReport& report) {
  const auto health = daemon.Call("core.health", json::array());
  if (health && health->is_object()) {
    JudgeHealth(*health, report);
    return;
  }
  report.findings.push_back(
      {Level::kWarning, "daemon.health-unknown",
       health ? Say("The daemon does not tell you its health.")
              : Say("The daemon does not tell you its health: %1", health.error().message()),
       Say("Call doctor as root.")});
}

// Who calls is told by twofactor-accounts.
void AskForAccounts(Connection& daemon, Findings& findings) {
  const auto me = daemon.Call("auth.me", json::array());
  if (!me) {
    findings.push_back({Level::kProblem, "daemon.accounts",
                        Say("The daemon cannot learn of users: %1", me.error().message()),
                        Say("systemctl start twofactor-accounts.socket, and look at 'journalctl -u"
                            " twofactor-accounts'. Logins of root programs go on.")});
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
  report.findings.push_back({Level::kOk, "daemon.answers", Say("The daemon answers."), ""});
  AskForHealth(daemon, report);
  AskForAccounts(daemon, report.findings);
  AskForSettings(daemon, report.findings);
  return report;
}

}  // namespace twofactor
