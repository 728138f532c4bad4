#ifndef TWOFACTOR_CLI_REKEY_TOOL_H_
#define TWOFACTOR_CLI_REKEY_TOOL_H_

#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"

namespace twofactor {

// What a tool may be told, and may answer.
inline constexpr std::size_t kMaxToolBytes = 1024;

// Runs a program with `input` as its standard input, which is no argument that others could read,
// and gives what it writes to standard output. What it complains of is not shown. Fails with
// kUnavailable where it cannot be run or does not end with 0, kTooLarge beyond kMaxToolBytes.
Result<SecretBytes> RunTool(const std::vector<std::string>& command, const SecretBytes& input);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_REKEY_TOOL_H_
