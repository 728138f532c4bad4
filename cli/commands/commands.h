#ifndef TWOFACTOR_CLI_COMMANDS_COMMANDS_H_
#define TWOFACTOR_CLI_COMMANDS_COMMANDS_H_

#include <nlohmann/json.hpp>
#include <string>

#include "cli/arguments.h"
#include "cli/connection.h"
#include "cli/exit_status.h"
#include "cli/terminal.h"

// One function a command. What it shows a person goes to the terminal; what it gives back is what
// --json prints.
namespace twofactor {

struct CommandResult {
  ExitStatus status = ExitStatus::kOk;
  nlohmann::json json = nlohmann::json::object();
  std::string text;  // For a person; printed without --json.
};

Result<CommandResult> RunRenew(const CliArguments& arguments, Connection& daemon,
                               Terminal& terminal);
Result<CommandResult> RunStatus(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal);
Result<CommandResult> RunVerify(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal);
Result<CommandResult> RunList(const CliArguments& arguments, Connection& daemon,
                              Terminal& terminal);
Result<CommandResult> RunUnset(const CliArguments& arguments, Connection& daemon,
                               Terminal& terminal);
Result<CommandResult> RunAcceptTime(const CliArguments& arguments, Connection& daemon,
                                    Terminal& terminal);
Result<CommandResult> RunUnlock(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal);
Result<CommandResult> RunStale(const CliArguments& arguments, Connection& daemon,
                               Terminal& terminal);
Result<CommandResult> RunRenameUser(const CliArguments& arguments, Connection& daemon,
                                    Terminal& terminal);
Result<CommandResult> RunUpkeep(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal);
Result<CommandResult> RunBypass(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal);
Result<CommandResult> RunRecoveryCodes(const CliArguments& arguments, Connection& daemon,
                                       Terminal& terminal);
Result<CommandResult> RunDevices(const CliArguments& arguments, Connection& daemon,
                                 Terminal& terminal);
Result<CommandResult> RunRenameDevice(const CliArguments& arguments, Connection& daemon,
                                      Terminal& terminal);
Result<CommandResult> RunRemoveDevice(const CliArguments& arguments, Connection& daemon,
                                      Terminal& terminal);
Result<CommandResult> RunResync(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal);
Result<CommandResult> RunConfig(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal);
Result<CommandResult> RunBackup(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal);
Result<CommandResult> RunRestore(const CliArguments& arguments, Connection& daemon,
                                 Terminal& terminal);
Result<CommandResult> RunRekey(const CliArguments& arguments, Connection& daemon,
                               Terminal& terminal);
Result<CommandResult> RunDoctor(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal);
Result<CommandResult> RunStack(const CliArguments& arguments, Connection& daemon,
                               Terminal& terminal);
Result<CommandResult> RunImport(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_COMMANDS_COMMANDS_H_
