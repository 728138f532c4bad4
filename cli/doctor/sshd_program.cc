#include "cli/doctor/sshd_program.h"

#include <sstream>
#include <vector>

#include "cli/import/plain_text.h"
#include "cli/tool.h"

namespace twofactor {
namespace {

constexpr std::size_t kMostBytes = 256UL * 1024;
constexpr std::size_t kMostComplaintBytes = 300;

bool IsPassedOver(const std::string& line) {
  return line.find("Deprecated option") != std::string::npos ||
         line.find("Unsupported option") != std::string::npos;
}

}  // namespace

std::string ComplaintIn(const std::string& output) {
  std::istringstream lines(output);
  std::string line;
  while (std::getline(lines, line)) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) {
      line.pop_back();
    }
    if (!line.empty() && !IsPassedOver(line)) {
      return PlainText(line, kMostComplaintBytes);
    }
  }
  return "";
}

SshdAnswer AskSshd(const std::string& program, const std::string& file,
                   const std::string& connection) {
  // sshd complains on standard error, which RunTool() shows nobody.
  std::vector<std::string> command = {"/bin/sh", "-c", R"(exec "$@" 2>&1)", "sh", program, "-T"};
  if (!file.empty()) {
    command.insert(command.end(), {"-f", file});
  }
  command.insert(command.end(), {"-C", connection});
  const auto answer = RunTool({command, kMostBytes, {}}, "");
  if (!answer) {
    return {{}, answer.error().message()};
  }
  const std::string output(answer->output.text());
  return answer->status == 0 ? SshdAnswer{ParseSshdSettings(output), ""}
                             : SshdAnswer{{}, ComplaintIn(output)};
}

}  // namespace twofactor
