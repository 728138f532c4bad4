#ifndef TWOFACTOR_CLI_ENROLLMENT_H_
#define TWOFACTOR_CLI_ENROLLMENT_H_

#include <cstdint>
#include <string>

#include "cli/arguments.h"
#include "cli/connection.h"
#include "cli/terminal.h"

namespace twofactor {

// Shows a new secret as a person needs it: in groups of four first, whatever happens then; and the
// QR picture in its file where one was asked for, else on a terminal that can show it. Fails where
// there is no picture, or its file could not be written.
Result<void> ShowSecret(const CliArguments& arguments, Terminal& terminal, const std::string& uri,
                        std::int64_t digits, std::int64_t interval);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_ENROLLMENT_H_
