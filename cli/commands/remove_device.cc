#include "cli/commands/commands.h"
#include "cli/devices.h"
#include "cli/step_up.h"

namespace twofactor {

using nlohmann::json;

Result<CommandResult> RunRemoveDevice(const CliArguments& arguments, Connection& daemon,
                                      Terminal& terminal) {
  const auto operands = ParseDeviceOperands(arguments.operands);
  if (!operands || !operands->id) {
    return operands ? Fail(ErrorCode::kInvalidParams,
                           "remove-device takes [USER] ID: the ID is a number")
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
    result.text = *user + " has no device " + std::to_string(*operands->id) + ".\n";
    return result;
  }
  const std::string name = NameOfDevice(*device) + " of " + *user;
  if (!arguments.yes) {
    const auto answer =
        terminal.IsInteractive() ? terminal.Ask("Take " + name + " away? (yes/no) ") : std::nullopt;
    if (!answer || answer->text() != "yes") {
      return Fail(ErrorCode::kConflict, "nothing was changed (--yes goes on without asking)");
    }
  }
  const auto removed =
      CallProving(daemon, terminal, "user.remove_2fa_device", {*user, *operands->id});
  if (!removed) {
    return Fail(removed.error());
  }
  result.json["changed"] = true;
  result.text = "There is no " + name + " any more: its codes are dead.\n";
  return result;
}

}  // namespace twofactor
