#ifndef TWOFACTOR_CLI_TOOL_H_
#define TWOFACTOR_CLI_TOOL_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"

namespace twofactor {

// A program that is run for its answer.
struct Tool {
  std::vector<std::string> command;      // Its path, or a name to look for in PATH, and its words.
  std::size_t most_bytes;                // What it may answer.
  std::vector<std::string> environment;  // "NAME=value"; the caller's own where it is empty.
};

struct ToolAnswer {
  int status;          // What it exited with; -1 where a signal ended it.
  SecretBytes output;  // What it wrote to standard output.
};

// Runs a program with `input` as its standard input, which is no argument that others could read,
// and no file but one in memory. What it complains of is not shown. Fails with kUnavailable where
// it cannot be run or answers more than it may.
Result<ToolAnswer> RunTool(const Tool& tool, std::string_view input);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_TOOL_H_
