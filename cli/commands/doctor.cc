#include "cli/commands/commands.h"
#include "cli/doctor/checks.h"

namespace twofactor {
namespace {

using nlohmann::json;
using Level = Finding::Level;

const char* WordFor(Level level) {
  switch (level) {
    case Level::kOk:
      return "ok";
    case Level::kWarning:
      return "warning";
    case Level::kProblem:
      return "problem";
  }
  return "";
}

}  // namespace

Result<CommandResult> RunDoctor(const CliArguments& arguments, Connection& daemon, Terminal&) {
  Findings findings = CheckDaemon(daemon);
  for (const Findings& more : {CheckClock(), CheckPam(arguments.root), CheckSsh(arguments.root)}) {
    findings.insert(findings.end(), more.begin(), more.end());
  }
  CommandResult result;
  result.json = {{"findings", json::array()}};
  for (const Finding& finding : findings) {
    result.json["findings"].push_back({{"level", WordFor(finding.level)},
                                       {"id", finding.id},
                                       {"text", finding.text},
                                       {"advice", finding.advice}});
    result.text += std::string(WordFor(finding.level)) + ": " + finding.text + "\n" +
                   (finding.advice.empty() ? "" : "    " + finding.advice + "\n");
    if (finding.level == Level::kProblem) {
      result.status = ExitStatus::kNo;
    }
  }
  return result;
}

}  // namespace twofactor
