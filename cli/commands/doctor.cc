#include "cli/commands/commands.h"
#include "cli/doctor/checks.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;
using Level = Finding::Level;

const char* WordFor(Level level) {
  switch (level) {
    case Level::kOk:
      return Marked("ok");
    case Level::kWarning:
      return Marked("warning");
    case Level::kProblem:
      return Marked("problem");
  }
  return "";
}

// Green, yellow and red (ECMA-48, SGR).
const char* ColourFor(Level level) {
  switch (level) {
    case Level::kOk:
      return "\x1b[32m";
    case Level::kWarning:
      return "\x1b[33m";
    case Level::kProblem:
      return "\x1b[31m";
  }
  return "";
}

std::string TextOf(const Finding& finding, bool coloured) {
  const std::string word = Say(WordFor(finding.level));
  const std::string shown = coloured ? ColourFor(finding.level) + word + "\x1b[0m" : word;
  return Say("%1: %2", shown, finding.text) + "\n" +
         (finding.advice.empty() ? "" : "    " + finding.advice + "\n");
}

json JsonOf(const Finding& finding) {
  return {{"level", WordFor(finding.level)},
          {"id", finding.id},
          {"text", finding.text},
          {"advice", finding.advice}};
}

Findings AllChecks(const CliArguments& arguments, Connection& daemon, Terminal& terminal) {
  const DaemonReport report = CheckDaemon(daemon);
  Findings findings = report.findings;
  for (const Findings& more :
       {report.answers ? CheckBypasses(daemon) : Findings(),
        CheckStaleUsers(daemon, terminal, report), CheckVault(arguments.root, report),
        CheckNames(arguments.root), CheckRunDirectory(RunPaths(arguments.run_directory)),
        CheckDisks(arguments.root, RunPaths(arguments.run_directory)), CheckClock(),
        CheckPam(arguments.root), CheckUnits(arguments.root), CheckSsh(arguments.root)}) {
    findings.insert(findings.end(), more.begin(), more.end());
  }
  return findings;
}

}  // namespace

Result<CommandResult> RunDoctor(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal) {
  CommandResult result;
  result.json = {{"findings", json::array()}};
  int problems = 0;
  int warnings = 0;
  for (const Finding& finding : AllChecks(arguments, daemon, terminal)) {
    result.json["findings"].push_back(JsonOf(finding));
    result.text += TextOf(finding, terminal.UsesColour());
    problems += finding.level == Level::kProblem ? 1 : 0;
    warnings += finding.level == Level::kWarning ? 1 : 0;
  }
  result.json["problems"] = problems;
  result.json["warnings"] = warnings;
  result.text += Say("%1, %2.\n", SayCount("%1 problem", "%1 problems", problems),
                     SayCount("%1 warning", "%1 warnings", warnings));
  result.status = problems > 0 ? ExitStatus::kNo : ExitStatus::kOk;
  return result;
}

}  // namespace twofactor
