#include "tests/unit/cli/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_directory.h"
#include "tests/unit/wire/fake_daemon.h"

namespace twofactor {
namespace {

using nlohmann::json;

std::string AnswerTo(const std::string& request, const json& answers) {
  const json call = json::parse(request);
  json answer = answers.value(call["method"].get<std::string>(),
                              json{{"error", {{"code", -32603}, {"message", "unexpected"}}}});
  answer["jsonrpc"] = "2.0";
  answer["id"] = call["id"];
  return answer.dump() + "\n";
}

}  // namespace

json ProgramRun::Json() const {
  const json value = json::parse(out, nullptr, /*allow_exceptions=*/false);
  return value.is_object() ? value : json();
}

ProgramRun RunProgram(const std::vector<std::string>& arguments, const std::string& in) {
  const TempDirectory directory;
  WriteFile(directory / "in", in);
  std::vector<std::string> words = {TWOFACTORCTL};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  const std::string input = directory / "in";
  const std::string output = directory / "out";
  const std::string errors = directory / "err";
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, errors.c_str(), O_WRONLY | O_CREAT, 0600);
  pid_t process = 0;
  ProgramRun run;
  int status = 0;
  if (posix_spawn(&process, TWOFACTORCTL, &files, nullptr, pointers.data(), environ) == 0 &&
      waitpid(process, &status, 0) == process && WIFEXITED(status)) {
    run.status = WEXITSTATUS(status);
  }
  posix_spawn_file_actions_destroy(&files);
  run.out = ReadFile(output);
  run.err = ReadFile(errors);
  return run;
}

ProgramRun RunAgainst(const json& answers, std::vector<std::string> arguments,
                      const std::string& in) {
  const FakeDaemon daemon([&answers](int connection) {
    for (std::string request = ReadRequest(connection); !request.empty();
         request = ReadRequest(connection)) {
      Say(connection, AnswerTo(request, answers));
    }
  });
  arguments.insert(arguments.begin(), {"--run-dir", daemon.paths().directory()});
  return RunProgram(arguments, in);
}

json ErrorAnswer(int error, const std::string& reason) {
  return {{"error",
           {{"code", -32001},
            {"message", "Method call error"},
            {"data", {{"error", error}, {"reason", reason}, {"extra", nullptr}}}}}};
}

}  // namespace twofactor
