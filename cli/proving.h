#ifndef TWOFACTOR_CLI_PROVING_H_
#define TWOFACTOR_CLI_PROVING_H_

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "cli/connection.h"
#include "cli/terminal.h"
#include "common/base/result.h"

namespace twofactor {

// Calls a method that may want the caller's own second factor first: where it does, a current code
// is asked for, shown to the daemon on this connection, and the call made again.
//
// Fails with kNotPermitted where that code is wrong, kFactorRequired where none was given, and as
// the method does.
Result<nlohmann::json> CallProving(Connection& daemon, Terminal& terminal, std::string_view method,
                                   const nlohmann::json& params);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_PROVING_H_
