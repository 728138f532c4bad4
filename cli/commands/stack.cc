#include <string>

#include "cli/comma_separated.h"
#include "cli/commands/commands.h"
#include "cli/stack/known_services.h"
#include "cli/stack/line_diff.h"
#include "cli/stack/stack_file.h"
#include "cli/stack/stack_plan.h"
#include "cli/translate.h"

// Shows or writes the lines of PAM with which a known service can ask for password and code.
namespace twofactor {
namespace {

using nlohmann::json;

std::string KnownNames() {
  std::vector<std::string> names;
  for (const KnownService& service : KnownServices()) {
    names.emplace_back(service.name);
  }
  return CommaSeparated(names);
}

std::string AboutService(const KnownService& service) {
  const std::string program(service.program);
  switch (service.questions) {
    case Questions::kTwo:
      return Say("%1 asks for the password and then for the code.\n", program);
    case Questions::kOne:
      return Say(
          "%1 can ask one question only: users type the password with the code right behind it.\n",
          program);
    case Questions::kEachTime:
      return Say(
          "%1 asks PAM anew for each request, and a code is good for one of them. Users type the"
          " password with the code right behind it.\n",
          program);
  }
  return "";
}

Result<CommandResult> ListServices() {
  CommandResult result;
  result.json = {{"services", json::array()}};
  for (const KnownService& service : KnownServices()) {
    result.json["services"].push_back({{"service", service.name},
                                       {"program", service.program},
                                       {"questions", NameOf(service.questions)}});
    result.text += std::string(service.name) + ": " + AboutService(service);
  }
  return result;
}

std::string Indented(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += "    " + line + "\n";
  }
  return text;
}

std::string WhatToWrite(const StackPlan& plan, const std::string& path) {
  if (plan.before == plan.after) {
    return Say("%1 is right as it is.\n", path);
  }
  if (plan.replaced.empty()) {
    return Say("These lines belong into %1, as --dry-run shows:\n", path) + Indented(plan.lines);
  }
  return Say("These lines of %1:\n", path) + Indented(plan.replaced) +
         Say("have to become these, which --write does:\n") + Indented(plan.lines);
}

Result<CommandResult> Undo(const StackFile& file, CommandResult result) {
  if (const auto undone = file.Undo(); !undone) {
    return Fail(undone.error());
  }
  result.json["changed"] = true;
  result.text = Say("%1 is as it was before 'stack --write'.\n", file.path());
  return result;
}

Result<CommandResult> Write(const StackFile& file, const StackPlan& plan, CommandResult result) {
  if (plan.before != plan.after) {
    if (const auto written = file.Write(plan.before, plan.after); !written) {
      return Fail(written.error());
    }
    result.json["changed"] = true;
    result.json["backup"] = file.backup();
    result.text =
        Say("%1 is written; %2 keeps what it was, and --undo puts that back. Try a login before you"
            " close this shell.\n",
            file.path(), file.backup());
  }
  return result;
}

}  // namespace

Result<CommandResult> RunStack(const CliArguments& arguments, Connection&, Terminal&) {
  if (arguments.operands.empty()) {
    return ListServices();
  }
  const KnownService* const service = FindService(arguments.operands[0]);
  if (service == nullptr) {
    return Fail(ErrorCode::kInvalidParams,
                Say("this service is not known, so its lines have to be written by hand"
                    " (docs/pam-stacks.md); known are: %1",
                    KnownNames()));
  }
  const StackFile file(arguments.root, std::string(service->name));
  CommandResult result;
  result.json = {
      {"service", service->name}, {"questions", NameOf(service->questions)}, {"file", file.path()}};
  if (arguments.undo) {
    return Undo(file, std::move(result));
  }
  const auto plan = PlanStack(*service, PamFolder(arguments.root));
  if (!plan) {
    return Fail(plan.error());
  }
  const std::string diff = DiffOf(file.path(), plan->before, plan->after);
  result.json["lines"] = plan->lines;
  result.json["diff"] = diff;
  if (arguments.dry_run) {
    result.text = diff.empty() ? WhatToWrite(*plan, file.path()) : diff;
    return result;
  }
  result.text = AboutService(*service) + WhatToWrite(*plan, file.path());
  return arguments.write ? Write(file, *plan, std::move(result)) : result;
}

}  // namespace twofactor
