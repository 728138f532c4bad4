#ifndef TWOFACTOR_HELPERD_ACCOUNTS_TOOL_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_TOOL_H_

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/accounts/child.h"

namespace twofactor {

// A program of the system's that is asked something: found in a fixed list of folders, run by its
// absolute path, without a shell, in an environment of its own.
class Tool {
 public:
  // None: it is not installed. Fails with kUnavailable.
  static Result<std::optional<Tool>> Start(const std::vector<std::string>& folders,
                                           const std::string& program,
                                           std::vector<std::string> arguments);

  // As Child::Finish.
  Result<ChildOutput> Finish(SteadyMoment deadline) { return child_.Finish(deadline); }

 private:
  explicit Tool(Child child) : child_(std::move(child)) {}

  Child child_;
};

// The error of a tool that says that it failed: its status and its first line, as printable ASCII.
Error ToolFailed(const std::string& program, const ChildOutput& output);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_TOOL_H_
