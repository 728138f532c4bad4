#include "cli/stale_users.h"

#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

// Each may take some seconds.
constexpr int kSilentCalls = 3;

std::string NameWithUid(const json& user) {
  return TextAt(user, "username") + " (uid " + std::to_string(NumberAt(user, "uid")) + ")";
}

std::string FateOf(const json& user) {
  if (TruthAt(user, "removed")) {
    return Say("removed");
  }
  if (!user.contains("days_left") || !user["days_left"].is_number_integer()) {
    return Say("kept until it is removed by hand");
  }
  return SayCount("removed by the upkeep in %1 day", "removed by the upkeep in %1 days",
                  NumberAt(user, "days_left"));
}

std::string LineFor(const json& user) {
  const std::int64_t devices = NumberAt(user, "devices");
  const std::string kept =
      devices > 0 ? SayCount("%1 device", "%1 devices", devices) : Say("never enrolled");
  std::string line = Say("%1: %2; %3; %4.\n", NameWithUid(user), StateOf(user), kept, FateOf(user));
  if (MayBeRenamed(user) && !TruthAt(user, "removed")) {
    line += Say("    If that is the same person: twofactorctl rename-user %1 %2\n",
                TextAt(user, "username"), TextAt(user, "new_username"));
  }
  return line;
}

void Append(json& list, const json& more) { list.insert(list.end(), more.begin(), more.end()); }

}  // namespace

Result<StaleReport> LookForStaleUsers(Connection& daemon, Terminal& terminal,
                                      std::string_view method, int most_calls) {
  StaleReport report;
  json options = json::object();
  int silent = 0;
  for (int calls = 0; calls < most_calls && silent < kSilentCalls; ++calls) {
    const auto answer = daemon.Call(method, json::array({options}));
    if (!answer) {
      terminal.ShowProgress("");
      return Fail(answer.error());
    }
    Append(report.stale, ListAt(*answer, "stale"));
    const json unanswered = ListAt(*answer, "unanswered");
    Append(report.unanswered, unanswered);
    const std::int64_t looked_at = NumberAt(*answer, "looked_at");
    report.looked_at += looked_at;
    report.keys += NumberAt(*answer, "keys");
    silent =
        looked_at > 0 && static_cast<std::int64_t>(unanswered.size()) == looked_at ? silent + 1 : 0;
    const std::string next = TextAt(*answer, "next");
    if (next.empty()) {
      terminal.ShowProgress("");
      return report;
    }
    options = {{"after", next}};
    terminal.ShowProgress(SayCount("%1 user checked", "%1 users checked", report.looked_at));
  }
  terminal.ShowProgress("");
  report.whole = false;
  return report;
}

bool MayBeRenamed(const json& user) {
  return TextAt(user, "state") == "renamed" && !TruthAt(user, "new_configured");
}

std::string StateOf(const json& user) {
  const std::string state = TextAt(user, "state");
  if (state == "renamed") {
    return Say("this uid now belongs to %1", TextAt(user, "new_username"));
  }
  if (state == "other_uid") {
    return Say("this name now has uid %1", NumberAt(user, "new_uid"));
  }
  return Say("neither the name nor the uid exists");
}

std::string TextOf(const StaleReport& report) {
  std::string text;
  for (const json& user : report.stale) {
    text += LineFor(user);
  }
  if (!report.unanswered.empty()) {
    const json& first = report.unanswered[0];
    text += SayCount("%1 user could not be checked and is kept. The first is %2: %3.\n",
                     "%1 users could not be checked and are kept. The first is %2: %3.\n",
                     report.unanswered.size(), NameWithUid(first), TextAt(first, "reason"));
  }
  if (!report.whole) {
    text += Say("Not all users were checked.\n");
  }
  return text;
}

}  // namespace twofactor
