#include "cli/bypass_text.h"
#include "cli/commands/commands.h"
#include "cli/devices.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

// The first device's codes, which the configuration is of. It does not tell what their interval
// means: a counter has none.
std::string UserLine(const json& user, Connection& daemon) {
  const std::string name = TextAt(user, "username");
  const json config = ObjectAt(user, "twofactor_config");
  const std::int64_t digits = NumberAt(config, "otp_digits");
  const auto listed = ListDevices(daemon, name);
  const json devices = listed ? listed->at("devices") : json::array();
  const std::string type = devices.empty() ? std::string() : TextAt(devices.front(), "type");
  if (type == "TOTP") {
    return Say("%1 (uid %2): %3 digits, %4 s\n", name, NumberAt(user, "uid"), digits,
               NumberAt(config, "interval"));
  }
  return type == "HOTP" ? Say("%1 (uid %2): %3 digits, HOTP\n", name, NumberAt(user, "uid"), digits)
                        : Say("%1 (uid %2): %3 digits\n", name, NumberAt(user, "uid"), digits);
}

}  // namespace

Result<CommandResult> RunList(const CliArguments& arguments, Connection& daemon, Terminal&) {
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
    result.text += arguments.json ? std::string() : UserLine(user, daemon);
  }
  // Not for those who may see no more than themselves: 'status' tells them.
  const auto bypasses = daemon.Call("user.list_2fa_bypasses", json::array());
  const bool alone = !bypasses && bypasses.error().code() == ErrorCode::kNotPermitted &&
                     result.json["users"].size() < 2;
  if (result.json["users"].empty()) {
    result.text =
        alone ? Say("You have no second factor.\n") : Say("Nobody has a second factor.\n");
  }
  if (alone) {
    result.text += Say("Only administrators see other users.\n");
  }
  result.json["bypasses"] = bypasses && bypasses->is_array() ? *bypasses : json::array();
  for (const json& bypass : result.json["bypasses"]) {
    result.text += BypassText(TextAt(bypass, "username"), bypass) + "\n";
  }
  return result;
}

}  // namespace twofactor
