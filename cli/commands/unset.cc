#include "cli/commands/commands.h"
#include "cli/json_fields.h"

namespace twofactor {

using nlohmann::json;

Result<CommandResult> RunUnset(const CliArguments& arguments, Connection& daemon,
                               Terminal& terminal) {
  if (arguments.operands.size() != 1) {
    return Fail(ErrorCode::kInvalidParams, "unset needs the name of one user");
  }
  const std::string& user = arguments.operands[0];
  const auto config = daemon.Call("user.twofactor_config", json::array({user}));
  // A user whom the system no longer knows may still have a factor.
  if (!config && config.error().code() != ErrorCode::kNoSuchUser) {
    return Fail(config.error());
  }
  CommandResult result;
  if (config && !TruthAt(*config, "secret_configured")) {
    result.json = {{"changed", false}, {"username", user}};
    result.text = user + " has no second factor.\n";
    return result;
  }
  if (!arguments.yes) {
    const auto answer = terminal.IsInteractive()
                            ? terminal.Ask("Take the second factor of " + user + " away? (yes/no) ")
                            : std::nullopt;
    if (!answer || answer->text() != "yes") {
      return Fail(ErrorCode::kConflict, "nothing was changed (--yes goes on without asking)");
    }
  }
  if (const auto unset = daemon.Call("user.unset_2fa_secret", json::array({user})); !unset) {
    return Fail(unset.error());
  }
  result.json = {{"changed", true}, {"username", user}};
  result.text = user + " has no second factor any more.\n";
  return result;
}

}  // namespace twofactor
