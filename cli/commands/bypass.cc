#include "cli/bypass_text.h"
#include "cli/commands/commands.h"
#include "cli/duration.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

Result<CommandResult> ListAll(Connection& daemon) {
  const auto listed = daemon.Call("user.list_2fa_bypasses", json::array());
  if (!listed) {
    return Fail(listed.error());
  }
  CommandResult result;
  result.json = {{"bypasses", listed->is_array() ? *listed : json::array()}};
  for (const json& bypass : result.json["bypasses"]) {
    result.text += BypassText(TextAt(bypass, "username"), bypass) + "\n";
  }
  if (result.json["bypasses"].empty()) {
    result.text = Say("Nobody has a bypass.\n");
  }
  return result;
}

Result<CommandResult> End(Connection& daemon, const std::string& user) {
  const auto ended = daemon.Call("user.end_2fa_bypass", json::array({user}));
  if (!ended) {
    return Fail(ended.error());
  }
  CommandResult result;
  const bool changed = ended->is_boolean() && ended->get<bool>();
  result.json = {{"changed", changed}, {"username", user}};
  result.text = changed ? Say("Logins of %1 ask for a code again.\n", user)
                        : Say("%1 has no bypass.\n", user);
  return result;
}

Result<CommandResult> Set(Connection& daemon, const std::string& user,
                          const CliArguments& arguments) {
  const auto time = ParseDuration(arguments.lasts);
  if (!time) {
    return Fail(time.error().Under("--for"));
  }
  const json wanted = {{"seconds", time->count()}, {"reason", arguments.reason}};
  const auto bypass = daemon.Call("user.set_2fa_bypass", json::array({user, wanted}));
  if (!bypass) {
    return Fail(bypass.error());
  }
  CommandResult result;
  result.json = {{"changed", true}, {"username", user}, {"bypass", *bypass}};
  result.text = BypassText(user, *bypass) + "\n" +
                Say("Until then the password alone is enough to log in and to set up a new device. "
                    "Run 'twofactorctl bypass %1 --end' to end the bypass.\n",
                    user);
  return result;
}

}  // namespace

Result<CommandResult> RunBypass(const CliArguments& arguments, Connection& daemon, Terminal&) {
  const bool set = !arguments.lasts.empty();
  if (arguments.operands.size() != (arguments.list ? 0U : 1U) ||
      !(set || arguments.end || arguments.list)) {
    return Fail(ErrorCode::kInvalidParams,
                Say("bypass needs a user and --for TIME, a user and --end, or --list alone"));
  }
  if (arguments.list) {
    return ListAll(daemon);
  }
  const auto user = TargetOf(daemon, arguments.operands);
  if (!user) {
    return Fail(user.error());
  }
  return set ? Set(daemon, *user, arguments) : End(daemon, *user);
}

}  // namespace twofactor
