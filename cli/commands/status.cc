#include "cli/bypass_text.h"
#include "cli/commands/commands.h"
#include "cli/devices.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {

using nlohmann::json;

Result<CommandResult> RunStatus(const CliArguments& arguments, Connection& daemon, Terminal&) {
  const auto user = TargetOf(daemon, arguments.operands);
  if (!user) {
    return Fail(user.error());
  }
  const auto config = daemon.Call("user.twofactor_config", json::array({*user}));
  if (!config) {
    return Fail(config.error());
  }
  CommandResult result;
  result.json = {{"username", *user}, {"twofactor_config", *config}};
  if (!TruthAt(*config, "secret_configured")) {
    result.status = ExitStatus::kNo;
    result.text = Say("%1 has no second factor. Run 'twofactorctl renew' to set one up.\n", *user);
    return result;
  }
  const auto listed = ListDevices(daemon, *user);
  if (!listed) {
    return Fail(listed.error());
  }
  result.json.update(*listed);
  result.text =
      Say("%1 has a second factor:\n", *user) + DeviceTable(*listed) + RecoveryCodesLine(*listed);
  if (const json bypass = ObjectAt(*listed, "bypass"); !bypass.empty()) {
    result.text += BypassText(*user, bypass) + "\n";
  }
  return result;
}

}  // namespace twofactor
