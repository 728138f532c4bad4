#include "cli/commands/commands.h"

namespace twofactor {

using nlohmann::json;

Result<CommandResult> RunList(const CliArguments&, Connection& daemon, Terminal&) {
  const json filters = json::array({json::array({"twofactor_auth_configured", "=", true})});
  const json options = {{"select", {"username", "uid", "twofactor_config"}},
                        {"order_by", {"username"}}};
  const auto users = daemon.Call("user.query", {filters, options});
  if (!users) {
    return Fail(users.error());
  }
  CommandResult result;
  result.json = {{"users", *users}};
  for (const json& user : *users) {
    const json config = user.value("twofactor_config", json::object());
    result.text += user.value("username", "") + " (uid " + std::to_string(user.value("uid", 0)) +
                   "): " + std::to_string(config.value("otp_digits", 0)) + " digits, " +
                   std::to_string(config.value("interval", 0)) + " s\n";
  }
  if (users->empty()) {
    result.text = "Nobody has a second factor.\n";
  }
  return result;
}

}  // namespace twofactor
