#ifndef TWOFACTOR_CLI_STACK_LINE_DIFF_H_
#define TWOFACTOR_CLI_STACK_LINE_DIFF_H_

#include <string>

namespace twofactor {

// The change from one text to another as 'diff -u' shows it, with `path` in its head and without
// lines around; empty where nothing changes. What lies between the first and the last line that
// differ is one piece. A pure function.
std::string DiffOf(const std::string& path, const std::string& before, const std::string& after);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_STACK_LINE_DIFF_H_
