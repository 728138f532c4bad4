#ifndef TWOFACTOR_CLI_ENROLLMENT_H_
#define TWOFACTOR_CLI_ENROLLMENT_H_

#include <string>

#include "cli/arguments.h"
#include "cli/connection.h"
#include "cli/terminal.h"

namespace twofactor {

// Shows a new secret as a person needs it: text first, then the QR picture where the terminal is
// wide enough, and the picture's file where one was asked for. Fails where that file could not be
// written.
Result<void> ShowSecret(const CliArguments& arguments, Terminal& terminal, const std::string& uri,
                        int digits, int interval);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_ENROLLMENT_H_
