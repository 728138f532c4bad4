#include "helperd/accounts/tool.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace twofactor {
namespace {

constexpr int kCannotExecute = 127;
constexpr std::size_t kMaxQuotedBytes = 200;

std::optional<std::string> Find(const std::vector<std::string>& folders,
                                const std::string& program) {
  for (const std::string& folder : folders) {
    std::string path = folder + "/" + program;
    if (access(path.c_str(), X_OK) == 0) {
      return path;
    }
  }
  return std::nullopt;
}

int Execute(std::vector<std::string>& words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  std::string language = "LC_ALL=C.UTF-8";
  char* environment[] = {path.data(), language.data(), nullptr};
  execve(argv[0], argv.data(), environment);
  return kCannotExecute;
}

}  // namespace

Result<std::optional<Tool>> Tool::Start(const std::vector<std::string>& folders,
                                        const std::string& program,
                                        std::vector<std::string> arguments) {
  auto path = Find(folders, program);
  if (!path) {
    return std::optional<Tool>();
  }
  arguments.insert(arguments.begin(), std::move(*path));
  auto child = Child::Start(program, [&arguments] { return Execute(arguments); });
  if (!child) {
    return Fail(child.error());
  }
  return std::optional<Tool>(Tool(std::move(*child)));
}

Error ToolFailed(const std::string& program, const ChildOutput& output) {
  std::string line = output.err.substr(0, std::min(output.err.find('\n'), kMaxQuotedBytes));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  return Error(ErrorCode::kUnavailable, program + " failed with status " +
                                            std::to_string(output.status) +
                                            (line.empty() ? std::string() : ": " + line));
}

}  // namespace twofactor
