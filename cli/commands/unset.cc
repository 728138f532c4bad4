#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {

using nlohmann::json;

Result<CommandResult> RunUnset(const CliArguments& arguments, Connection& daemon,
                               Terminal& terminal) {
  const auto target = TargetOf(daemon, arguments.operands);
  if (!target) {
    return Fail(target.error());
  }
  const std::string& user = *target;
  const auto config = daemon.Call("user.twofactor_config", json::array({user}));
  // A user whom the system no longer knows may still have a factor.
  if (!config && config.error().code() != ErrorCode::kNoSuchUser) {
    return Fail(config.error());
  }
  CommandResult result;
  if (config && !TruthAt(*config, "secret_configured")) {
    result.json = {{"changed", false}, {"username", user}};
    result.text = Say("%1 has no second factor.\n", user);
    return result;
  }
  if (const auto confirmed =
          Confirm(terminal, arguments.yes, Say("Remove the second factor of %1? (yes/no) ", user));
      !confirmed) {
    return Fail(confirmed.error());
  }
  if (const auto unset = daemon.Call("user.unset_2fa_secret", json::array({user})); !unset) {
    return Fail(unset.error());
  }
  result.json = {{"changed", true}, {"username", user}};
  result.text = Say("Removed the second factor of %1.\n", user);
  return result;
}

}  // namespace twofactor
