#include "cli/commands/commands.h"

#include "cli/translate.h"

namespace twofactor {

using nlohmann::json;

Result<CommandResult> RunUnlock(const CliArguments& arguments, Connection& daemon, Terminal&) {
  const auto target = TargetOf(daemon, arguments.operands);
  if (!target) {
    return Fail(target.error());
  }
  const std::string& user = *target;
  const auto cleared = daemon.Call("user.clear_2fa_throttle", json::array({user}));
  if (!cleared) {
    return Fail(cleared.error());
  }
  CommandResult result;
  const bool changed = cleared->is_boolean() && cleared->get<bool>();
  result.json = {{"changed", changed}, {"username", user}};
  result.text =
      changed ? Say("Cleared the failed attempts of %1. The next code is checked at once.\n", user)
              : Say("%1 has no failed attempts.\n", user);
  return result;
}

}  // namespace twofactor
