#ifndef TWOFACTOR_CLI_STDIO_FILE_H_
#define TWOFACTOR_CLI_STDIO_FILE_H_

#include <cstdio>
#include <memory>

namespace twofactor {

struct CloseStdioFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// Closes itself; what was not yet written is then written, unless that fails, which nobody learns.
using StdioFile = std::unique_ptr<std::FILE, CloseStdioFile>;

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_STDIO_FILE_H_
