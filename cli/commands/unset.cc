#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {

using nlohmann::json;

Result<CommandResult> RunUnset(const CliArguments& arguments, Connection& daemon,
                               Terminal& terminal) {
  if (arguments.operands.size() != 1) {
    return Fail(ErrorCode::kInvalidParams, Say("unset needs the name of one user"));
  }
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
  if (!arguments.yes) {
    const auto answer =
        terminal.IsInteractive()
            ? terminal.Ask(Say("Take the second factor of %1 away? (yes/no) ", user))
            : std::nullopt;
    if (!answer || !SaysYes(answer->text())) {
      return Fail(ErrorCode::kConflict, Say("nothing was changed (--yes goes on without asking)"));
    }
  }
  if (const auto unset = daemon.Call("user.unset_2fa_secret", json::array({user})); !unset) {
    return Fail(unset.error());
  }
  result.json = {{"changed", true}, {"username", user}};
  result.text = Say("%1 has no second factor any more.\n", user);
  return result;
}

}  // namespace twofactor
