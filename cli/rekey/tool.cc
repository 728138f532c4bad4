#include "cli/rekey/tool.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "cli/translate.h"
#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

Result<Pipe> MakePipe() {
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, Say("make a pipe"), errno));
  }
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Result<pid_t> Start(const std::vector<std::string>& command, int input, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  pid_t child = -1;
  const int error =
      posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0
             ? Result<pid_t>(child)
             : Fail(Error::FromErrno(ErrorCode::kUnavailable, Say("run %1", command[0]), error));
}

// Up to kMaxToolBytes, and one more that shows that there is too much.
SecretBytes ReadAll(int file) {
  SecretBytes bytes(kMaxToolBytes + 1);
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const auto rest = bytes.mutable_bytes().subspan(filled);
    const ssize_t count = read(file, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      break;
    }
    filled += static_cast<std::size_t>(count);
  }
  bytes.Truncate(filled);
  return bytes;
}

bool EndedWell(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      return false;
    }
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

Result<SecretBytes> RunTool(const std::vector<std::string>& command, const SecretBytes& input) {
  auto in = MakePipe();
  auto out = MakePipe();
  if (!in || !out) {
    return Fail(in ? out.error() : in.error());
  }
  // Before there is a reader that might go away: a pipe holds more than this.
  if (input.size() > kMaxToolBytes || write(in->write_end.get(), input.bytes().data(),
                                            input.size()) != static_cast<ssize_t>(input.size())) {
    return Fail(ErrorCode::kTooLarge, Say("there is too much to tell %1", command[0]));
  }
  in->write_end.Reset();
  const auto child = Start(command, in->read_end.get(), out->write_end.get());
  if (!child) {
    return Fail(child.error());
  }
  in->read_end.Reset();
  out->write_end.Reset();
  SecretBytes answer = ReadAll(out->read_end.get());
  out->read_end.Reset();
  if (!EndedWell(*child)) {
    return Fail(ErrorCode::kUnavailable, Say("%1 failed", command[0]));
  }
  return answer.size() <= kMaxToolBytes
             ? Result<SecretBytes>(std::move(answer))
             : Fail(ErrorCode::kUnavailable, Say("%1 said too much", command[0]));
}

}  // namespace twofactor
