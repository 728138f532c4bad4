#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_table.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

// Writes a command's result, and all that it wrote before. Output that cannot be written is an
// error, whatever the command did: the caller does not have it.
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

int Complain(bool json, const Error& error, ExitStatus status) {
  if (json) {
    const nlohmann::json answer = {{"changed", false}, {"error", error.message()}};
    return WriteOut(LineOf(answer) + "\n", static_cast<int>(status));
  }
  std::fprintf(stderr, "twofactorctl: %s\n", error.message().c_str());
  return static_cast<int>(status);
}

int UsageError(bool json, const Error& error) {
  const int status = Complain(json, error, ExitStatus::kUsage);
  std::fputs(Say("Try 'twofactorctl --help'.\n").c_str(), stderr);
  return status;
}

// Known before the options are read, since their errors are JSON, too, and not translated. As
// getopt_long(3), it takes the beginning of the option for it.
bool AsksForJson(const std::vector<std::string_view>& words) {
  return std::any_of(words.begin(), words.end(), [](std::string_view word) {
    return word.size() > 2 && std::string_view("--json").starts_with(word);
  });
}

int Run(const CliArguments& arguments) {
  SocketConnection daemon{RunPaths(arguments.run_directory)};
  StandardTerminal terminal(arguments.json);
  auto result = arguments.command->run(arguments, daemon, terminal);
  if (!result) {
    return Complain(arguments.json, result.error(), StatusOf(result.error()));
  }
  // A command that never changes anything says so, too: scripts need not know which ones those are.
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
  const bool json = twofactor::AsksForJson({argv + 1, argv + argc});
  if (!json) {
    twofactor::StartTranslating(TWOFACTOR_LOCALE_DIR);
  }
  if (argc == 1) {
    std::fputs(twofactor::HelpText(nullptr).c_str(), stderr);
    return static_cast<int>(twofactor::ExitStatus::kUsage);
  }
  auto arguments = twofactor::ParseCliArguments(argc, argv);
  if (!arguments) {
    return twofactor::UsageError(json, arguments.error());
  }
  if (arguments->help) {
    return twofactor::WriteOut(twofactor::HelpText(arguments->command), 0);
  }
  if (arguments->version) {
    return twofactor::WriteOut("twofactorctl " TWOFACTOR_VERSION "\n", 0);
  }
  if (const char* const user = std::getenv("SUDO_USER"); user != nullptr && geteuid() == 0) {
    arguments->sudo_user = user;
  }
  return twofactor::Run(*arguments);
}
