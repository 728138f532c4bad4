#ifndef TWOFACTOR_HELPERD_ACCOUNTS_TOOL_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_TOOL_H_

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/accounts/child.h"

namespace twofactor {

// A program of the system that answers a question. It is found in a fixed list of folders, and run
// by its absolute path, without a shell, in its own environment.
class Tool {
 public:
  // Starts the program; none if it is not installed. Fails with kUnavailable.
  static Result<std::optional<Tool>> Start(const std::vector<std::string>& folders,
                                           const std::string& program,
                                           std::vector<std::string> arguments);

  // Like Child::Finish.
  Result<ChildOutput> Finish(SteadyMoment deadline) { return child_.Finish(deadline); }

 private:
  explicit Tool(Child child) : child_(std::move(child)) {}

  Child child_;
};

// Returns the error for a tool that failed: its status and its first line, as printable ASCII.
Error ToolFailed(const std::string& program, const ChildOutput& output);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_TOOL_H_
