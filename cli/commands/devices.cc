#include "cli/devices.h"

#include "cli/commands/commands.h"
#include "cli/translate.h"

namespace twofactor {

using nlohmann::json;

Result<CommandResult> RunDevices(const CliArguments& arguments, Connection& daemon, Terminal&) {
  const auto user = TargetOf(daemon, arguments.operands);
  if (!user) {
    return Fail(user.error());
  }
  const auto listed = ListDevices(daemon, *user);
  if (!listed) {
    return Fail(listed.error());
  }
  CommandResult result;
  result.json = *listed;
  result.json["username"] = *user;
  if (listed->at("devices").empty()) {
    result.status = ExitStatus::kNo;
    result.text = Say("%1 has no devices. Run 'twofactorctl renew' to add one.\n", *user);
    return result;
  }
  result.text = DeviceTable(*listed) + RecoveryCodesLine(*listed);
  return result;
}

}  // namespace twofactor
