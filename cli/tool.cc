#include "cli/tool.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "cli/import/whole_file.h"
#include "cli/translate.h"
#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

Error Failed(const std::string& step, int error) {
  return Error::FromErrno(ErrorCode::kUnavailable, step, error);
}

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(file, text.data(), text.size());
    if (count < 0 && errno != EINTR) {
      return false;
    }
    text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
  }
  return true;
}

// A file of no folder, to be read from its beginning.
Result<UniqueFd> InMemory(std::string_view text) {
  UniqueFd file(memfd_create("input", MFD_CLOEXEC));
  if (!file.valid() || !WriteAll(file.get(), text) || lseek(file.get(), 0, SEEK_SET) != 0) {
    return Fail(Failed(Say("create a file in memory"), errno));
  }
  return file;
}

// As posix_spawn(3) takes them.
std::vector<char*> PointersTo(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& word : words) {
    pointers.push_back(const_cast<char*>(word.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

Result<pid_t> Start(const Tool& tool, int input, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const std::vector<char*> arguments = PointersTo(tool.command);
  const std::vector<char*> environment = PointersTo(tool.environment);
  pid_t child = -1;
  const int error = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(),
                                 tool.environment.empty() ? environ : environment.data());
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? Result<pid_t>(child) : Fail(Failed(Say("run %1", tool.command[0]), error));
}

int StatusOf(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      return -1;
    }
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

Result<ToolAnswer> RunTool(const Tool& tool, std::string_view input) {
  const auto file = InMemory(input);
  if (!file) {
    return Fail(file.error());
  }
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Fail(Failed(Say("create a pipe"), errno));
  }
  UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  const auto child = Start(tool, file->get(), writing.get());
  if (!child) {
    return Fail(child.error());
  }
  writing.Reset();
  auto output = ReadToEnd(reading.get(), tool.most_bytes);
  // Of what it writes on, it is told that nobody reads it.
  reading.Reset();
  const int status = StatusOf(*child);
  if (!output) {
    return Fail(ErrorCode::kUnavailable, Say("%1 wrote too much output", tool.command[0]));
  }
  return ToolAnswer{status, std::move(*output)};
}

}  // namespace twofactor
