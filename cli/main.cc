#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

struct Command {
  std::string_view name;
  std::size_t least_operands;
  std::size_t most_operands;
  Result<CommandResult> (*run)(const CliArguments&, Connection&, Terminal&);
};

// import --homes and stale --remove take the names of users.
constexpr std::size_t kMaxNames = 1000;

constexpr std::array kCommands = {Command{"renew", 0, 1, RunRenew},
                                  Command{"status", 0, 1, RunStatus},
                                  Command{"verify", 0, 1, RunVerify},
                                  Command{"list", 0, 0, RunList},
                                  Command{"unset", 1, 1, RunUnset},
                                  Command{"stale", 0, kMaxNames, RunStale},
                                  Command{"rename-user", 2, 2, RunRenameUser},
                                  Command{"upkeep", 0, 0, RunUpkeep},
                                  Command{"unlock", 1, 1, RunUnlock},
                                  Command{"accept-time", 0, 0, RunAcceptTime},
                                  Command{"bypass", 0, 1, RunBypass},
                                  Command{"recovery-codes", 0, 1, RunRecoveryCodes},
                                  Command{"devices", 0, 1, RunDevices},
                                  Command{"rename-device", 2, 3, RunRenameDevice},
                                  Command{"remove-device", 1, 2, RunRemoveDevice},
                                  Command{"resync", 0, 2, RunResync},
                                  Command{"config", 0, 3, RunConfig},
                                  Command{"backup", 1, 1, RunBackup},
                                  Command{"restore", 1, 1, RunRestore},
                                  Command{"rekey", 0, 0, RunRekey},
                                  Command{"stack", 0, 1, RunStack},
                                  Command{"doctor", 0, 0, RunDoctor},
                                  Command{"import", 0, kMaxNames, RunImport}};

// Writes a command's result, and all that it wrote before. What could not be written is an error,
// whatever became of the command: who asked does not have it.
int WriteOut(const std::string& text, int status) {
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0 &&
      std::ferror(stdout) == 0) {
    return status;
  }
  const auto error =
      Error::FromErrno(ErrorCode::kInternal, Say("the output cannot be written"), errno);
  std::fprintf(stderr, "twofactorctl: %s\n", error.message().c_str());
  return static_cast<int>(ExitStatus::kFailed);
}

// A closed one would be the next file that is opened, such as the daemon's socket.
void KeepStandardDescriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) < 0 &&
        open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) != descriptor) {
      std::abort();
    }
  }
}

int Complain(const CliArguments& arguments, const Error& error, ExitStatus status) {
  if (arguments.json) {
    const nlohmann::json json = {{"changed", false}, {"error", error.message()}};
    return WriteOut(LineOf(json) + "\n", static_cast<int>(status));
  }
  std::fprintf(stderr, "twofactorctl: %s\n", error.message().c_str());
  return static_cast<int>(status);
}

int UsageError(const CliArguments& arguments, const std::string& message) {
  const int status =
      Complain(arguments, Error(ErrorCode::kInvalidParams, message), ExitStatus::kUsage);
  std::fputs(Say("Try 'twofactorctl --help'.\n").c_str(), stderr);
  return status;
}

// Who asked for JSON gets it of wrong arguments, too.
bool AskedForJson(const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), "--json") != words.end();
}

int Run(const CliArguments& arguments) {
  const auto* command =
      std::find_if(kCommands.begin(), kCommands.end(),
                   [&arguments](const Command& known) { return known.name == arguments.command; });
  if (command == kCommands.end()) {
    return UsageError(arguments, arguments.command.empty() ? Say("a command is needed")
                                                           : Say("there is no such command"));
  }
  if (arguments.operands.size() < command->least_operands ||
      arguments.operands.size() > command->most_operands) {
    return UsageError(arguments,
                      Say("wrong number of arguments (codes and passwords are asked for, and never"
                          " arguments: others can read those)"));
  }
  SocketConnection daemon{RunPaths(arguments.run_directory)};
  StandardTerminal terminal(arguments.json);
  auto result = command->run(arguments, daemon, terminal);
  if (!result) {
    return Complain(arguments, result.error(), StatusOf(result.error()));
  }
  // What changes nothing says so, too: who runs it need not know which commands those are.
  result->json.emplace("changed", false);
  const std::string json = LineOf(result->json) + "\n";
  return WriteOut(arguments.json ? json : result->text, static_cast<int>(result->status));
}

}  // namespace
}  // namespace twofactor

int main(int argc, char** argv) {
  // Secrets, codes and passphrases pass through here: no core file, and no debugger of the user's
  // other processes. A limit alone does not keep a pipe in kernel.core_pattern from having one.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  // A reader that went away is an error like a full disk.
  std::signal(SIGPIPE, SIG_IGN);
  twofactor::KeepStandardDescriptors();
  // What the terminal shows is a matter of its locale; numbers and JSON are not.
  twofactor::TakeLocaleOfTerminal();
  auto arguments = twofactor::ParseCliArguments(argc, argv);
  const bool json = arguments ? arguments->json : twofactor::AskedForJson({argv + 1, argv + argc});
  if (!json) {
    twofactor::StartTranslating(TWOFACTOR_LOCALE_DIR);
  }
  if (!arguments) {
    twofactor::CliArguments asked;
    asked.json = json;
    return twofactor::UsageError(asked, twofactor::Say(arguments.error().message().c_str()));
  }
  if (arguments->help) {
    return twofactor::WriteOut(twofactor::Say(twofactor::kCliUsage), 0);
  }
  if (arguments->version) {
    return twofactor::WriteOut("twofactorctl " TWOFACTOR_VERSION "\n", 0);
  }
  if (arguments->command.empty() && !arguments->json) {
    std::fputs(twofactor::Say(twofactor::kCliUsage).c_str(), stderr);
    return static_cast<int>(twofactor::ExitStatus::kUsage);
  }
  if (const char* const user = std::getenv("SUDO_USER"); user != nullptr && geteuid() == 0) {
    arguments->sudo_user = user;
  }
  return twofactor::Run(*arguments);
}
