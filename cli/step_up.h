#ifndef TWOFACTOR_CLI_STEP_UP_H_
#define TWOFACTOR_CLI_STEP_UP_H_

#include <nlohmann/json.hpp>
#include <string_view>

#include "cli/connection.h"
#include "cli/terminal.h"

namespace twofactor {

// Calls a method. Where the daemon wants the caller's factor proved on this connection first, asks
// for a current code or a recovery code, proves it and calls again. Fails with kFactorRequired
// where none was given, kNotPermitted where it is wrong; nothing was changed then.
Result<nlohmann::json> CallProving(Connection& daemon, Terminal& terminal, std::string_view method,
                                   const nlohmann::json& params);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_STEP_UP_H_
