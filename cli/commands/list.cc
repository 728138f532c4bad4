#include "cli/bypass_text.h"
#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

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
  result.json = {{"users", users->is_array() ? *users : json::array()}};
  for (const json& user : result.json["users"]) {
    const json config = ObjectAt(user, "twofactor_config");
    result.text +=
        Say("%1 (uid %2): %3 digits, %4 s\n", TextAt(user, "username"), NumberAt(user, "uid"),
            NumberAt(config, "otp_digits"), NumberAt(config, "interval"));
  }
  if (result.json["users"].empty()) {
    result.text = Say("Nobody has a second factor.\n");
  }
  // Not for who may see no more than themselves: 'status' tells them.
  const auto bypasses = daemon.Call("user.list_2fa_bypasses", json::array());
  result.json["bypasses"] = bypasses && bypasses->is_array() ? *bypasses : json::array();
  for (const json& bypass : result.json["bypasses"]) {
    result.text += BypassText(TextAt(bypass, "username"), bypass) + "\n";
  }
  return result;
}

}  // namespace twofactor
