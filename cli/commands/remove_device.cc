#include "cli/commands/commands.h"
#include "cli/devices.h"
#include "cli/step_up.h"
#include "cli/translate.h"

namespace twofactor {

using nlohmann::json;

Result<CommandResult> RunRemoveDevice(const CliArguments& arguments, Connection& daemon,
                                      Terminal& terminal) {
  const auto operands = ParseDeviceOperands(arguments.operands);
  if (!operands || !operands->id) {
    return operands ? Fail(ErrorCode::kInvalidParams,
                           Say("remove-device takes [USER] ID; the ID is a number"))
                    : Fail(operands.error());
  }
  const auto user = TargetOf(daemon, operands->user);
  if (!user) {
    return Fail(user.error());
  }
  const auto listed = ListDevices(daemon, *user);
  if (!listed) {
    return Fail(listed.error());
  }
  CommandResult result;
  result.json = {{"changed", false}, {"username", *user}, {"id", *operands->id}};
  const json* const device = FindDevice(*listed, *operands->id);
  if (device == nullptr) {
    result.text = Say("%1 has no device %2.\n", *user, *operands->id);
    return result;
  }
  const std::string name = Say("%1 of %2", NameOfDevice(*device), *user);
  if (const auto confirmed = Confirm(terminal, arguments.yes, Say("Remove %1? (yes/no) ", name));
      !confirmed) {
    return Fail(confirmed.error());
  }
  const auto removed =
      CallProving(daemon, terminal, "user.remove_2fa_device", {*user, *operands->id});
  if (!removed) {
    return Fail(removed.error());
  }
  result.json["changed"] = true;
  result.text = Say("Removed %1. Its codes no longer work.\n", name);
  return result;
}

}  // namespace twofactor
