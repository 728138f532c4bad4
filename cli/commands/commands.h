#ifndef TWOFACTOR_CLI_COMMANDS_COMMANDS_H_
#define TWOFACTOR_CLI_COMMANDS_COMMANDS_H_

#include <nlohmann/json.hpp>
#include <string>

#include "cli/arguments.h"
#include "cli/connection.h"
#include "cli/exit_status.h"
#include "cli/terminal.h"

// One function for each command of the table (cli/command_table.h). What it shows a person goes to
// the terminal; what it returns is what --json prints.
namespace twofactor {

struct CommandResult {
  ExitStatus status = ExitStatus::kOk;
  nlohmann::json json = nlohmann::json::object();
  std::string text;  // For a person; printed without --json.
};

using RunCommand = Result<CommandResult>(const CliArguments& arguments, Connection& daemon,
                                         Terminal& terminal);

RunCommand RunAcceptTime;
RunCommand RunBackup;
RunCommand RunBypass;
RunCommand RunConfig;
RunCommand RunDevices;
RunCommand RunDoctor;
RunCommand RunHelp;
RunCommand RunImport;
RunCommand RunList;
RunCommand RunRecoveryCodes;
RunCommand RunRekey;
RunCommand RunRemoveDevice;
RunCommand RunRenameDevice;
RunCommand RunRenameUser;
RunCommand RunRenew;
RunCommand RunRestore;
RunCommand RunResync;
RunCommand RunStack;
RunCommand RunStale;
RunCommand RunStatus;
RunCommand RunUnlock;
RunCommand RunUnset;
RunCommand RunUpkeep;
RunCommand RunVerify;

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_COMMANDS_COMMANDS_H_
