#include "cli/stale_users.h"

#include "cli/json_fields.h"

namespace twofactor {
namespace {

using nlohmann::json;

// Each may take some seconds.
constexpr int kSilentCalls = 3;

std::string NameWithUid(const json& user) {
  return TextAt(user, "username") + " (uid " + std::to_string(NumberAt(user, "uid")) + ")";
}

std::string Counted(std::int64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string FateOf(const json& user) {
  if (TruthAt(user, "removed")) {
    return "removed";
  }
  if (!user.contains("days_left") || !user["days_left"].is_number_integer()) {
    return "stays until it is removed by hand";
  }
  return "removed by the upkeep in " + Counted(NumberAt(user, "days_left"), "day");
}

std::string LineFor(const json& user) {
  const std::int64_t devices = NumberAt(user, "devices");
  std::string line = NameWithUid(user) + ": " + StateOf(user) + "; " +
                     (devices > 0 ? Counted(devices, "device") : "never enrolled") + "; " +
                     FateOf(user) + ".\n";
  if (MayBeRenamed(user) && !TruthAt(user, "removed")) {
    line += "    If that is the same person: twofactorctl rename-user " + TextAt(user, "username") +
            " " + TextAt(user, "new_username") + "\n";
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
    terminal.ShowProgress(Counted(report.looked_at, "user") + " looked at");
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
    return "this uid is called " + TextAt(user, "new_username") + " now";
  }
  if (state == "other_uid") {
    return "the name has uid " + std::to_string(NumberAt(user, "new_uid")) + " now";
  }
  return "the system knows neither the name nor the uid";
}

std::string TextOf(const StaleReport& report) {
  std::string text;
  for (const json& user : report.stale) {
    text += LineFor(user);
  }
  if (!report.unanswered.empty()) {
    const json& first = report.unanswered[0];
    text += "Of " + Counted(static_cast<std::int64_t>(report.unanswered.size()), "user") +
            " it could not be told, and they count as known. The first is " + NameWithUid(first) +
            ": " + TextAt(first, "reason") + ".\n";
  }
  if (!report.whole) {
    text += "Not all users were looked at.\n";
  }
  return text;
}

}  // namespace twofactor
