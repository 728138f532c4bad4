#ifndef TWOFACTOR_CLI_STALE_USERS_H_
#define TWOFACTOR_CLI_STALE_USERS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cli/connection.h"
#include "cli/terminal.h"

// Users of the vault whom the system no longer knows, as the daemon tells them: some hundred users
// a call.
namespace twofactor {

struct StaleReport {
  nlohmann::json stale = nlohmann::json::array();
  nlohmann::json unanswered = nlohmann::json::array();
  std::int64_t looked_at = 0;
  std::int64_t keys = 0;  // twofactor.upkeep
  bool whole = true;      // False: given up before the last users.
};

// Calls `method`, twofactor.stale_factors or twofactor.upkeep, until all users were looked at.
// Gives up after `most_calls`, and after a few calls in a row that the system's directories did not
// answer. Tells a person how far it is. Fails as the calls do.
Result<StaleReport> LookForStaleUsers(Connection& daemon, Terminal& terminal,
                                      std::string_view method, int most_calls = 1'000'000);

// Has the user another name now, which has no factor of its own, so that rename-user would help?
bool MayBeRenamed(const nlohmann::json& user);
// What the system says of the user, without what to do.
std::string StateOf(const nlohmann::json& user);
// A line for each stale user, and one on those who could not be told.
std::string TextOf(const StaleReport& report);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_STALE_USERS_H_
