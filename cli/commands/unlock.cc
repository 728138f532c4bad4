#include "cli/commands/commands.h"

#include "cli/translate.h"

namespace twofactor {

using nlohmann::json;

Result<CommandResult> RunUnlock(const CliArguments& arguments, Connection& daemon, Terminal&) {
  if (arguments.operands.size() != 1) {
    return Fail(ErrorCode::kInvalidParams, Say("unlock needs the name of one user"));
  }
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
  result.text = changed
                    ? Say("The wrong codes of %1 are forgotten: the next one is looked at.\n", user)
                    : Say("%1 has no wrong codes that count.\n", user);
  return result;
}

}  // namespace twofactor
